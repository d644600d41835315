"""The page of `crm help ui`."""

from __future__ import annotations

UI = """\
crm ui shows five places on one screen. Their numbers go there, as does a click:

  1  today        what is due, overdue first; a shows the agenda
  2  customers    a list, and the card of one beside it
  3  deals        the board: < and > move a deal, w and x note it won or lost
  4  receivables  who owes what; p notes a payment
  5  reports      each with its chart

/ goes to the query terms of the crm line at the top (crm help query); the list
follows as you type. Enter, or a second click, opens the customer of a line: the
arrows go through timeline, tasks, deals, purchases, cases and card, Esc goes
back. Space marks lines (*); ! stands before a deal that wants attention, and
the line below the board says why.

Each change is a crm line, shown with what it would write; Enter carries it out,
Esc does not. The log below has it from then on: y copies its last line, or
the one that the cursor is on, to the terminal's clipboard, and u takes back.

  l, t       log a contact, add a task: a text, and options after it
  d, s, x    what is due: done, put off, dismiss
  =, +       set a field, add a tag
  m          the moves of a task, a deal, a case
  e          open the record in your editor
  :          any other crm line, with the terminal to itself
  L          the log, tall; Enter there shows what a line printed
  u, U       undo, redo
  ?          the keys that work where you are; q ends it

The clipboard is asked for by OSC 52: in tmux set -g set-clipboard on allows it.
"""
