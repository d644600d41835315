"""Importers and exporters: records to text and back."""
