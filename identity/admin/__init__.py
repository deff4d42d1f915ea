"""The staff console: the Django admin as thin faces over the use cases.

`site` holds the console and says which page shows which model; `gate` who may enter; `reading`
the two kinds of page; `home` what needs the member of staff now. The other modules are the pages,
each named for what it shows.
"""
