"""What is measured, against whom, with one command each: `./run bench matching …`. Not part of the program."""
