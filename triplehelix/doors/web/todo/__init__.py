"""What waits for whoever is signed in, section by section; the page of it is `views.todo`."""
