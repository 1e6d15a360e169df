"""What is kept between runs: takes in a cache, editions in folders."""
