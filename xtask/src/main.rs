//! The bundler of runsift and its friends.

fn main() {}
