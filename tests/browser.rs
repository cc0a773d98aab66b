//! Drives the browser tests: `node tests/browser/run.mjs` on the page in `dist/`.
//!
//! They need the release build of the page, node and a browser, so they run where
//! `RUNSIFT_BROWSER=1` says so (`make test` does) and say by name that they were skipped elsewhere.

use std::path::Path;
use std::process::Command;

#[test]
fn the_page_in_a_real_browser() {
    if std::env::var_os("RUNSIFT_BROWSER").is_none() {
        println!(
            "the_page_in_a_real_browser: skipped, for RUNSIFT_BROWSER=1 is not set (`make test` sets it)"
        );
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        root.join("dist/index.html").exists(),
        "the page is not built: run `make dist` first"
    );
    let status = Command::new("node")
        .arg("tests/browser/run.mjs")
        .current_dir(root)
        .status()
        .expect("node starts: version 20 or later is needed");
    assert!(
        status.success(),
        "browser tests failed; their lines are above, pictures in target/screens/"
    );
}
