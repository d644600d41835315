"""What records are and mean: kinds, fields, dates, money, text. No I/O, no clock."""
