// Nothing. The import times are counted from the time that this file takes.
