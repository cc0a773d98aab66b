//! Files that this version does not read: what they look like, and what to do instead.

use super::Head;

/// Beginnings of files that are known and not read, what they are, and what to do.
const KNOWN: &[(&[u8], &str, &str)] = &[
    (
        b"SQLite format 3\0",
        "the very beginning of an SQLite database",
        "drop the whole of it",
    ),
    (
        b"\x37\x7f\x06\x82",
        "the write-ahead log of an SQLite database",
        "drop the database of that name with it",
    ),
    (
        b"\x37\x7f\x06\x83",
        "the write-ahead log of an SQLite database",
        "drop the database of that name with it",
    ),
    (
        b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7",
        "the rollback journal of an SQLite database",
        "drop the database of that name with it",
    ),
    (
        b"PK\x03\x04",
        "a document, a model or an archive in several others",
        "unpack it, and drop that",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "compressed by zstd several times over",
        "unpack it and drop that",
    ),
    (b"\xfd7zXZ", "compressed by xz", "unpack it and drop that"),
    (b"BZh", "compressed by bzip2", "unpack it and drop that"),
    (b"7z\xbc\xaf", "packed by 7-Zip", "unpack it and drop that"),
    (b"Rar!", "packed by RAR", "unpack it and drop that"),
    (
        b"\xd0\xcf\x11\xe0",
        "an old document of Office",
        "save it as xlsx or CSV",
    ),
    (b"ARROW1", "an Arrow file", "write it as CSV"),
    (b"\x89HDF", "an HDF5 file", "write its tables as CSV"),
    (
        b"\x93NUMPY",
        "a NumPy array",
        "write it as CSV with a header",
    ),
    (b"%PDF", "a PDF", "drop the data that it was made of"),
    (b"\x89PNG", "a picture", "drop the data that it was made of"),
    (
        b"\xff\xd8\xff",
        "a picture",
        "drop the data that it was made of",
    ),
    (b"\x7fELF", "a program", "drop what it has written"),
];

/// Files that systems leave in folders.
const SYSTEM_FILES: [&str; 5] = [
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    ".gitignore",
    ".gitkeep",
];

/// JSON that tools and libraries leave beside runs, what it is, and what to do.
const KNOWN_JSON: &[(&[&str], &str, &str)] = &[
    (
        &["oracle.json", "tuner0.json"],
        "what Keras Tuner keeps of its search",
        "drop the folder with its trials",
    ),
    (
        &[
            "package.json",
            "package-lock.json",
            "composer.json",
            "tsconfig.json",
            "jsconfig.json",
            "launch.json",
            "manifest.json",
        ],
        "a setting of a program",
        "drop what it has written",
    ),
    (
        &[
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "generation_config.json",
            "preprocessor_config.json",
            "adapter_config.json",
            "model.safetensors.index.json",
            "pytorch_model.bin.index.json",
        ],
        "a part of a model",
        "drop the trainer_state.json beside it",
    ),
    (
        &[
            "scenario.json",
            "configspace.json",
            "optimization.json",
            "intensifier.json",
        ],
        "what SMAC keeps beside its runs",
        "drop the runhistory.json beside it",
    ),
];

/// Endings of programs, pages and settings, of which tables would be made by accident: people drop the folder of a
/// whole project.
const NO_DATA: [&str; 34] = [
    "py", "ipynb", "rs", "js", "mjs", "ts", "tsx", "jsx", "css", "html", "htm", "md", "rst",
    "toml", "yaml", "yml", "sh", "c", "cc", "cpp", "h", "hpp", "cu", "java", "go", "jl", "r",
    "tex", "bib", "lock", "cfg", "ini", "map", "xml",
];

/// Whether a file is of Aim's own database, most of which nothing but Aim can read.
pub(super) fn is_of_aim(path: &str) -> bool {
    path.split('/').any(|part| part == ".aim")
}

/// Why a file is not read, where that is clear from its head.
pub(super) fn reason(head: &Head) -> Option<String> {
    if let Some(failure) = &head.failure {
        return Some(format!("it could not be opened: {failure}"));
    }
    if SYSTEM_FILES.contains(&head.name())
        || head
            .path
            .split('/')
            .any(|part| matches!(part, "__MACOSX" | ".git"))
        || head.name().starts_with("._")
    {
        return Some("a file of the system, without runs".to_owned());
    }
    if is_of_aim(&head.path) {
        return Some("it is of Aim's own database, which is not read here: write what Run.dataframe() and Metric.dataframe() give as CSV, JSON or Parquet".to_owned());
    }
    if head.len_bytes == 0 {
        return Some("it is empty".to_owned());
    }
    let ending = head.name().rsplit_once('.').map(|(_, ending)| ending);
    if ending.is_some_and(|ending| {
        NO_DATA
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    }) {
        return Some(
            "its name says that it is a program, a page or a setting, and no tracker's: drop what it has written"
                .to_owned(),
        );
    }
    let known = KNOWN_JSON
        .iter()
        .find(|(names, ..)| names.contains(&head.name()));
    if let Some((_, what, instead)) = known {
        return Some(format!("its name says that it is {what}: {instead}"));
    }
    if let Some((_, what, instead)) = KNOWN
        .iter()
        .find(|(start, _, _)| head.raw.starts_with(start))
    {
        return Some(format!("it is {what}: {instead}"));
    }
    if head.raw.starts_with(&[0x80])
        && head
            .raw
            .get(1)
            .is_some_and(|version| (2..=5).contains(version))
    {
        return Some("it is a Python pickle, which is never loaded: it could run code. Write its contents as CSV or JSON".to_owned());
    }
    if head.is_whole
        && !head.is_binary
        && head
            .text
            .trim_matches(|c: char| c.is_whitespace() || c == '"')
            .is_empty()
    {
        return Some("there is nothing in it but blanks".to_owned());
    }
    None
}

/// What an unknown file's beginning looks like.
pub(super) fn unknown(head: &Head) -> String {
    if !head.json.is_empty() {
        return "it is JSON, but nothing in it looks like the params and metrics of a run: drop the folder in which it lies, or JSON with an object a run"
            .to_owned();
    }
    if !head.text.trim().is_empty() {
        let start = head.text.trim_start().chars();
        let start: String = start.take_while(|c| !c.is_control()).take(40).collect();
        return format!(
            "it is text but no table of runs (it begins {start:?}): drop delimited text with a header, JSON or JSON Lines"
        );
    }
    let hex: Vec<String> = head
        .raw
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        "no format recognises it (it begins with the bytes {}): drop delimited text with a header, JSON or JSON Lines",
        hex.join(" ")
    )
}
