"""The product's own web server with one more address: the bare view it is measured against."""
