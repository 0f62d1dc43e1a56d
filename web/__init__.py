"""How people reach it: pages, forms, JSON API, sign-in and the command line.  The only room that knows Flask."""
