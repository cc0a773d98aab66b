//! The host's entry: reads files with the page's own reader and prints the runs document.

fn main() {}
