"""iCalendar (RFC 5545): tasks as VTODO; interactions, birthdays and anniversaries as VEVENT."""
