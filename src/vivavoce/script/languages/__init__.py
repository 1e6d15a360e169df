"""What each language knows: semiotic classes as modules, tables as TSV."""
