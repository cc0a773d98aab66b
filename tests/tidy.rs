//! The house's rules that no compiler holds: which room may import from which, that only the page's
//! rooms name the browser, and that nothing is left half done.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order of the flow, but for the ledger, whose bytes `source` keeps its own lists in; a room imports only from rooms
/// before it. Those that are crates of their own, `ledger`, `query` and `analysis`, import what their manifests say, which Cargo holds.
const ROOMS: [&str; 10] = [
    "ledger", "source", "format", "query", "analysis", "chart", "export", "engine", "web", "page",
];

/// What a room may import besides its own: all rooms before it, but for these exceptions.
const NOT_ALLOWED: &[(&str, &str)] = &[
    // A chart draws what it is given.
    ("chart", "format"),
    ("chart", "source"),
    ("export", "chart"),
    ("query", "format"),
    // The page shows what the engine says.
    ("page", "format"),
    ("page", "source"),
    ("page", "query"),
    ("page", "analysis"),
    ("page", "export"),
];

/// `page` starts from `web::boot_page`, and `web` calls it there and nowhere else.
const BACKWARD: &[(&str, &str)] = &[("src/web/mod.rs", "page")];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let mut entries: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/")
}

/// The text before a file's unit tests: tests may reach anywhere.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Rooms named by `crate::ROOM` in code.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
    {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let names = rest
                .strip_prefix('{')
                .map_or_else(|| vec![rest], |list| list.split(',').collect());
            for name in names {
                let word: String = name
                    .trim()
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                found.push(word);
            }
        }
    }
    found
}

#[test]
fn rooms_import_only_from_rooms_before_them() {
    let mut wrong = Vec::new();
    for (place, room) in ROOMS.iter().enumerate() {
        let folder = root().join("src").join(room);
        if !folder.is_dir() {
            assert!(root().join("crates").join(room).is_dir(), "{room} is gone");
            continue;
        }
        for path in rust_files(&folder) {
            for import in imports(&code(&path)) {
                let Some(other) = ROOMS.iter().position(|known| *known == import) else {
                    continue;
                };
                let file = relative(&path);
                let excepted = BACKWARD.contains(&(file.as_str(), ROOMS[other]));
                let barred = other > place || NOT_ALLOWED.contains(&(*room, ROOMS[other]));
                if barred && !excepted {
                    wrong.push(format!("{file}: `{room}` imports from `{import}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_pages_rooms_name_the_browser() {
    const BROWSER: [&str; 6] = [
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "leptos",
        "gloo",
        "reactive_stores",
    ];
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let file = relative(&path);
        if file.starts_with("src/web/") || file.starts_with("src/page/") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        wrong.extend(
            BROWSER
                .iter()
                .filter(|name| text.contains(&format!("{name}::")))
                .map(|name| format!("{file}: {name}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_and_none_is_a_house_of_its_own() {
    let mut wrong = Vec::new();
    for folder in [
        "src",
        "crates/analysis/src",
        "crates/delimited/src",
        "crates/importance/src",
        "crates/ledger/src",
        "crates/query/src",
        "crates/raster/src",
        "xtask/src",
        "tests",
        "benches",
    ] {
        for path in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&path).unwrap();
            let file = relative(&path);
            if !text.starts_with("//!") {
                wrong.push(format!("{file}: does not begin with what it is"));
            }
            if text.lines().count() > 700 {
                wrong.push(format!(
                    "{file}: {} lines; is it one room?",
                    text.lines().count()
                ));
            }
            for word in ["todo!(", "unimplemented!(", "#[ignore", "FIXME"] {
                if text.contains(word) && !file.ends_with("tidy.rs") {
                    wrong.push(format!("{file}: {word}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_component_sets_a_style_attribute() {
    // The page's policy refuses style attributes; `style:name=` goes through the object model and is allowed.
    for path in rust_files(&root().join("src/page")) {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let bad = line.contains(" style=") || line.contains("inner_html");
            assert!(!bad, "{}:{}: {line}", relative(&path), number + 1);
        }
    }
}

#[test]
fn the_commands_of_the_readme_are_in_the_makefile() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    for target in ["serve:", "test:", "dist:", "bench:"] {
        assert!(
            makefile.lines().any(|line| line.starts_with(target)),
            "Makefile has no {target}"
        );
    }
}

/// The colour that is `share` parts of `a` and the rest of `b`.
fn mixed(a: [f64; 3], b: [f64; 3], share: f64) -> [f64; 3] {
    std::array::from_fn(|at| a[at] * share + b[at] * (1.0 - share))
}

/// The contrast of two colours, as WCAG 2 has it.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let linear = colour.map(|part| {
            if part <= 0.039_28 {
                part / 12.92
            } else {
                libm::pow((part + 0.055) / 1.055, 2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn better_and_worse_are_read_on_every_ground_of_the_table() {
    let number = |text: &str, from: &str| -> f64 {
        let rest = text.split(from).nth(1).unwrap().trim_start();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
        rest[..end].parse().unwrap()
    };
    let tokens = fs::read_to_string(root().join("style/00-tokens.css")).unwrap();
    let table = fs::read_to_string(root().join("style/60-table.css")).unwrap();
    let body = fs::read_to_string(root().join("src/page/views/body.rs")).unwrap();
    let darkest = number(&body, "DARKEST_SHADE: u32 =") / 100.0;
    let light = tokens.split("@media").next().unwrap();
    let dark = tokens.split("[data-theme=\"dark\"]").nth(1).unwrap();
    for theme in [light, dark] {
        let colour = |name: &str| -> [f64; 3] {
            let hex = theme.split(&format!("--{name}: #")).nth(1).unwrap();
            std::array::from_fn(|at| {
                let part = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
                f64::from(part) / 255.0
            })
        };
        let surface = colour("surface");
        let selected = number(
            &table,
            ".row.selected .fixed { background: color-mix(in srgb, var(--accent)",
        ) / 100.0;
        let grounds = [
            surface,
            colour("sunken"),
            colour("hover"),
            colour("accent-soft"),
            mixed(colour("accent"), surface, selected),
        ];
        for (class, name) in [("better", "good"), ("worse", "bad")] {
            let rule = format!(
                ".cell.{class}[style*=\"color-mix\"] {{ color: color-mix(in srgb, var(--{name})"
            );
            let ink = mixed(colour(name), colour("text"), number(&table, &rule) / 100.0);
            for ground in grounds {
                let shaded = mixed(colour("mark"), ground, darkest);
                let found = [contrast(colour(name), ground), contrast(ink, shaded)];
                assert!(
                    found.iter().all(|contrast| *contrast >= 4.5),
                    "{class}: {found:?}"
                );
            }
        }
    }
}
