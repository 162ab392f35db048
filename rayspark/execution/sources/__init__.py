"""Where rows come from and go to. See ``api``: one protocol for all."""
