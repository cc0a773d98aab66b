//! What is decided by names, places and shapes: the rules by which [`super::found`] tells words for people.

/// What is known of a literal from where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is shown: all of it that has a letter is a text.
    Said,
    /// It is shown with a number before it, and with an `s` behind where there are several.
    Counted,
    /// Its shape tells.
    Judged,
    /// The program compares with it or looks it up.
    Compared,
    /// No words for people are here: names of classes, of elements, reasons of asserts.
    Silent,
}

impl Place {
    /// A place within a place: what is compared or silent holds only such.
    pub(crate) fn and(self, inner: Self) -> Self {
        match self {
            Self::Said | Self::Counted | Self::Judged => inner,
            Self::Compared | Self::Silent => self,
        }
    }
}

/// Macros that say nothing to people who use the page.
pub(crate) const SILENT_MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "concat",
    "debug_assert",
    "debug_assert_eq",
    "env",
    "eprintln",
    "include_bytes",
    "include_str",
    "json",
    "macro_rules",
    "option_env",
    "panic",
    "println",
    "todo",
    "unreachable",
];

/// Functions whose arguments the program compares or looks up.
const COMPARING: &[&str] = &[
    "contains",
    "contains_key",
    "ends_with",
    "eq",
    "eq_ignore_ascii_case",
    "find",
    "get",
    "get_attribute",
    "get_mut",
    "has_attribute",
    "position",
    "remove_attribute",
    "replace",
    "replacen",
    "rsplit",
    "rsplit_once",
    "rfind",
    "split",
    "split_once",
    "splitn",
    "starts_with",
    "strip_prefix",
    "strip_suffix",
    "trim_end_matches",
    "trim_matches",
    "trim_start_matches",
    "get_element_by_id",
    "query_selector",
    "query_selector_all",
    "closest",
    "matches",
];

/// Functions whose arguments are names for the program.
const SILENT_CALLS: &[&str] = &[
    "expect",
    "set_attribute",
    "set_property",
    "create_element",
    "new_with_str",
];

/// Whether what follows in brackets is a value of its own.
pub(crate) fn is_keyword(word: &str) -> bool {
    ["if", "else", "in", "let", "match", "mut", "ref", "return"].contains(&word)
}

/// Functions that hand on what they are given.
const PASSING: &[&str] = &[
    "Some",
    "Ok",
    "from",
    "map",
    "map_or",
    "map_or_else",
    "then",
    "then_some",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
];

/// Of a call in a place, where its arguments stand.
pub(crate) fn called(callee: &str, place: Place) -> Place {
    if COMPARING.contains(&callee) {
        Place::Compared
    } else if SILENT_CALLS.contains(&callee) {
        Place::Silent
    } else if callee == "counted" {
        Place::Counted
    } else if is_keyword(callee) || PASSING.contains(&callee) {
        place
    } else {
        Place::Judged
    }
}

/// Of an attribute's or prop's name, where its value stands.
pub(crate) fn attribute(name: &str, is_component: bool) -> Place {
    let name = name.strip_prefix("attr:").unwrap_or(name);
    if [
        "aria-label",
        "title",
        "placeholder",
        "alt",
        "aria-description",
        "aria-roledescription",
        "aria-valuetext",
        "label",
    ]
    .contains(&name)
    {
        Place::Said
    } else if is_component && !name.contains(['-', ':']) && !["class", "id", "kind"].contains(&name)
        || name.starts_with("on:")
    {
        Place::Judged
    } else {
        Place::Silent
    }
}

/// Of a variable's or a function's name, where what it holds stands.
pub(crate) fn named(name: &str) -> Option<Place> {
    match name {
        "label" | "title" | "kind_word" => Some(Place::Said),
        // By the house's habit what `counted` is given.
        "noun" => Some(Place::Counted),
        // By the house's habit the words of a link or of the filter language.
        "word" | "words" => Some(Place::Judged),
        _ => (name == "class" || name.ends_with("_class")).then_some(Place::Silent),
    }
}

/// Whether there are letters in it, beside its placeholders.
pub(crate) fn has_words(text: &str, is_template: bool) -> bool {
    let words = words_of(text, is_template);
    words.chars().any(char::is_alphabetic) && !is_code(&words)
}

/// A text with a zero for each of its placeholders.
fn words_of(text: &str, is_template: bool) -> String {
    if !is_template {
        return text.to_owned();
    }
    let mut depth = 0_u32;
    let mut words = String::new();
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                words.push('0');
            }
            _ if depth == 0 => words.push(c),
            _ => {}
        }
    }
    words
}

/// Whether a literal looks like words for people: several words, or one that begins as a sentence does and is no
/// identifier.
pub(crate) fn is_prose(file: &str, text: &str, is_template: bool) -> bool {
    let text = words_of(text, is_template);
    if is_code(&text) {
        return false;
    }
    if text.contains(char::is_whitespace) {
        return text.split_whitespace().any(is_word);
    }
    let is_of_files = ["src/format/", "src/source/", "crates/ledger/src/"]
        .iter()
        .any(|room| file.starts_with(room));
    let word = text.trim_end_matches(['…', '.', ':', '?', '!', ',']);
    let mut letters = word.chars();
    !is_of_files
        && letters.next().is_some_and(char::is_uppercase)
        && word.chars().count() > 1
        && letters.all(|c| c.is_lowercase() || c == '-')
}

/// Whether there is nothing but letters in a part of a text, after the marks around it are taken away.
fn is_word(part: &str) -> bool {
    let part = part.trim_matches(|c: char| !c.is_alphanumeric());
    part.chars().count() > 1
        && part
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''))
}

/// What is in markup, styles, LaTeX and JSON, and not in words for people.
const CODE: &[&str] = &[
    "=\"",
    "</",
    "<!",
    "<f",
    "<p",
    "<s",
    "<t",
    "<u",
    "/>",
    "\":",
    "class-",
    "var(--",
    "(prefers-",
    "\\begin",
    "\\end",
    "rule\n",
];

/// Whether a text is written for a program: markup without words, a path, a type of file, a name with marks in it.
fn is_code(text: &str) -> bool {
    let is_markup = CODE.iter().any(|mark| text.contains(mark));
    // `<h2>Runs</h2>` has words, `<tr>` has none.
    let has_words_between_tags = || {
        text.split('>').skip(1).any(|after| {
            after
                .split_once('<')
                .is_some_and(|(words, _)| words.chars().any(char::is_alphabetic))
        })
    };
    let is_joined = |pair: &[char]| matches!(pair, [before, '.' | '/' | '_' | '@', after] if before.is_alphanumeric() && after.is_alphanumeric());
    if is_markup {
        return !has_words_between_tags();
    }
    let characters: Vec<char> = text.chars().collect();
    !text.contains(char::is_whitespace) && characters.windows(3).any(is_joined)
}

/// What no rule can tell: literals of a file, all of it where none is named.
pub(crate) const LEFT_OUT: &[(&str, &[&str])] = &[
    // A program for the host, not the page.
    ("src/bin/", &[]),
    // Filters as they are read again.
    ("crates/query/src/ast.rs", &[]),
    ("crates/query/src/brush.rs", &[]),
    ("src/engine/failures/filters.rs", &[]),
    ("src/engine/marks.rs", &["not @aside"]),
    // How a file begins that is read again.
    ("src/format/runsift_table.rs", &["# runsift."]),
    ("src/engine/workspace/compared.rs", &[" or "]),
    ("src/page/state.rs", &[" and "]),
    ("src/page/views/table_bar.rs", &[" and "]),
    ("src/page/widgets/receipt.rs", &["not @gone"]),
    (
        "crates/query/src/complete.rs",
        &[
            "top 10% by ",
            "top 10% by",
            "bottom 10% by ",
            "bottom 10% by",
            "best 20",
            "rank <= 5",
            "diff <= 2",
        ],
    ),
    (
        "crates/query/src/language.rs",
        &[
            "lr >= 1e-4",
            "name ~ /^run-\\d+$/   name !~ /tmp/i   /^run/",
            "steps > 10k   memory < 3GiB   dropout < 5%",
            "runtime < 2h",
            "start > 2026-01-31   start:2026-01",
            "adam lr<0.1   adam and lr<0.1",
            "adam or sgd",
            "not (adam or sgd)",
            "log10(lr) * wd < 1e-5",
            "min val/loss < 0.3   last5(val/loss) < 1",
            "top 10% by val/acc   bottom 3 by lr",
            "best 20   worst 5 by val/loss",
            "@selected   @pinned   not @aside   @new   @gone",
            "diff <= 2   diff:baseline",
            "`batch size` > 8",
            "\"and\"   name = 'a b'",
            "rank <= 5",
        ],
    ),
    (
        "src/page/views/compute.rs",
        &["log10(lr) * weight_decay", "min val/loss"],
    ),
    // Places whose lines the ledger counts on where a part of a file was read (`Problems::move_lines_down`).
    ("crates/ledger/src/problem.rs", &["line {}"]),
    ("src/format/", &["line {}", "line {line}", "line {number}"]),
    // What other programs read.
    ("src/engine/next/export.rs", &[]),
    (
        "src/engine/reproduce.rs",
        &[
            "git clone -- {repository} source && cd source",
            "git checkout {commit}",
            "git apply run.patch",
            "python -m pip install -r requirements.txt",
            "python {program}",
        ],
    ),
    ("src/engine/rehearsal.rs", &[]),
    (
        "src/engine/remembered.rs",
        &["pbkdf2-sha256-600000 aes-256-gcm"],
    ),
    (
        "src/page/widgets/exporting.rs",
        &[
            "mlflow experiments csv --experiment-id 1 --filename runs.csv",
            "import pandas\npandas.DataFrame(search.cv_results_).to_csv(\"cv_results.csv\")",
            "import json\njson.dump(trials.trials, open(\"trials.json\", \"w\"), default=str)",
            "logger = ng.callbacks.ParametersLogger(\"nevergrad.log\")\noptimizer.register_callback(\"tell\", logger)",
        ],
    ),
    // Keys of files that are read.
    ("src/format/comet_table.rs", &["Experiment Key"]),
    (
        "src/format/mlflow_table.rs",
        &["Run ID", "Source Type", "Source Name"],
    ),
    ("src/format/tensorboard_table.rs", &["Wall time"]),
    ("src/format/sqlite/create_table.rs", &[" DESC"]),
    // Classes and lengths of styles, and fonts.
    ("src/chart/boxes.rs", &["dots plain"]),
    ("src/chart/heat.rs", &["heat against"]),
    (
        "src/chart/svg.rs",
        &[
            "'Times New Roman', Times, 'Liberation Serif', 'DejaVu Serif', serif",
            "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif",
        ],
    ),
    ("src/chart/swarm.rs", &["dot other"]),
    ("src/page/views/body.rs", &["{class} ranged"]),
    (
        "src/page/views/importance.rs",
        &["fit unsure", "fit good", "fit fair", "fit bad"],
    ),
    ("src/page/views/report.rs", &["button primary"]),
    (
        "src/page/widgets/keep_bar.rs",
        &["button primary", "keep-bar", "keep-other"],
    ),
    ("src/page/widgets/facets.rs", &["200px 0px"]),
    // Docstrings that a macro hands on.
    ("src/page/prelude.rs", &[]),
];

/// Words that are shown, though neither their place nor their shape tells.
pub(crate) const TAKEN: &[(&str, &[&str])] = &[
    ("src/chart/absence.rs", &["missing", "none"]),
    ("src/engine/brief/broken.rs", &["infinite"]),
    (
        "src/engine/curves_across.rs",
        &["days", "hours", "minutes", "seconds"],
    ),
    ("src/engine/distributions/measure.rs", &["none"]),
    ("src/engine/followed.rs", &["now"]),
    ("src/engine/numbers.rs", &["linear", "missing"]),
    ("src/engine/objectives/trade_off.rs", &["knee"]),
    ("src/engine/sharing/secret.rs", &["paths"]),
    (
        "src/page/views/distributions.rs",
        &["nothing", "groups", "sources"],
    ),
    ("src/page/views/saving.rs", &["pixels"]),
    (
        "src/page/views/scattered.rs",
        &["linear", "logarithmic", "quantiles"],
    ),
    ("src/page/widgets/facets.rs", &["infinite"]),
    ("src/page/widgets/keys.rs", &["drag"]),
    (
        "src/page/widgets/roles.rs",
        &["number", "category", "text", "time"],
    ),
    ("crates/query/src/complete.rs", &["both", "either"]),
];

/// Where a literal stands by the lists of what no rule can tell.
pub(crate) fn place_of(file: &str, text: &str) -> Option<Place> {
    let is_in = |list: &[(&str, &[&str])]| {
        list.iter().any(|(path, literals)| {
            file.starts_with(path) && (literals.is_empty() || literals.contains(&text))
        })
    };
    if is_in(LEFT_OUT) {
        Some(Place::Silent)
    } else if is_in(TAKEN) {
        Some(Place::Said)
    } else {
        None
    }
}
