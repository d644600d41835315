"""What the commands do, one module per subject; none prints or exits."""
