document.title = "Peerloom";
