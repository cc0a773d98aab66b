//! The host's entry: reads files with the page's own reader.
//!
//! ```text
//! inspect [--columns NAMES] PATH...
//!                                 prints the runs document (`runsift.runs/1`), of Parquet only these columns
//! inspect importance [OPTION]... --objective METRIC PATH...
//!                                 prints the importance view's answer as JSON
//! ```
//! Exit 0, or 1 when nothing at all could be read, or 2 when the arguments make no sense. Problems go to stderr.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command's output"
)]

use runsift::analysis::importance::Method;
use runsift::analysis::importance::from_ledger::Declared;
use runsift::engine::report::{ImportanceQuestion, importance_document, read_files_keeping};
use runsift::engine::view::Statistic;
use runsift::export::json::write_runs;
use runsift::ledger::{Keep, Ledger, Role};
use runsift::source::walk;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: inspect [--columns NAME,NAME...] PATH...
       inspect importance --objective METRIC [--statistic last|best|min|max] [--minimize|--maximize]
               [--method NAME] [--range PARAM=LOW:HIGH[:log]]... [--category PARAM]... [--seed N]
               [--totals] [--pairs N] PATH...";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((first, rest)) if first == "importance" => importance(rest),
        Some((first, _)) if first == "--help" || first == "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Some(_) => runs(&arguments),
        None => Err("no path given".to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(wrong) => {
            eprintln!("inspect: {wrong}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Prints the runs document; says whether anything could be read.
fn runs(paths: &[String]) -> Result<bool, String> {
    let mut keep = Keep::default();
    let paths = match paths.split_first() {
        Some((option, rest)) if option == "--columns" => {
            let (names, paths) = rest.split_first().ok_or("--columns needs names")?;
            keep.columns = names.split(',').map(str::to_owned).collect();
            paths
        }
        _ => paths,
    };
    if let Some(option) = paths.iter().find(|path| path.starts_with("--")) {
        return Err(format!("unknown option {option}"));
    }
    let ledger = read(paths, &keep);
    let rows: Vec<usize> = (0..ledger.rows()).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written = write_runs(&ledger, &rows, &mut out).and_then(|()| out.flush());
    match written {
        // A reader that has seen enough closes the pipe: that is no failure.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("the document could not be written: {error}");
            Ok(false)
        }
        _ => Ok(ledger.rows() > 0),
    }
}

fn read(paths: &[String], keep: &Keep) -> Ledger {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let (files, failed) = walk(&paths);
    for (path, error) in failed {
        eprintln!("{}: {error}", path.display());
    }
    let (ledger, unread) = read_files_keeping(&files, keep);
    for source in ledger.sources() {
        for problem in source.problems.listed() {
            eprintln!(
                "{}: {}: {} ({})",
                problem.path, problem.place, problem.what, problem.effect
            );
        }
        if source.problems.unlisted() > 0 {
            eprintln!(
                "{}: and {} more such problems",
                source.path,
                source.problems.unlisted()
            );
        }
    }
    for file in unread {
        eprintln!("{}: not read: {}", file.path, file.reason);
    }
    ledger
}

/// Prints the importance; says whether there was anything to read.
fn importance(arguments: &[String]) -> Result<bool, String> {
    let mut question = ImportanceQuestion::default();
    let mut paths = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            rest.next()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--objective" => question.objective.clone_from(value()?),
            "--statistic" => {
                let word = value()?;
                question.statistic = Statistic::from_word(word)
                    .ok_or_else(|| format!("there is no statistic {word}"))?;
            }
            "--minimize" => question.maximize = false,
            "--maximize" => question.maximize = true,
            "--method" => {
                let word = value()?;
                let known = Method::ALL.map(Method::word).join(", ");
                question.method = Method::from_word(word)
                    .ok_or_else(|| format!("there is no method {word}; there are {known}"))?;
            }
            "--range" => question.declared.push(range(value()?)?),
            "--category" => question
                .declared
                .push((value()?.clone(), Declared::Category)),
            "--seed" => question.seed = number(value()?)?,
            "--pairs" => question.pairs = number(value()?)?,
            "--totals" => question.totals = true,
            option if option.starts_with("--") => return Err(format!("unknown option {option}")),
            _ => paths.push(argument.clone()),
        }
    }
    if question.objective.is_empty() || paths.is_empty() {
        return Err("importance needs --objective and a path".to_owned());
    }
    let mut ledger = read(&paths, &Keep::default());
    if ledger.rows() == 0 {
        eprintln!("no runs were read");
        return Ok(false);
    }
    // What is declared as searched is a param, whatever its name looked like.
    for (name, _) in &question.declared {
        if ledger.find(Role::Param, name).is_none()
            && let Some(column) = Role::ALL
                .into_iter()
                .find_map(|role| ledger.find(role, name))
        {
            ledger.change_role(column, Role::Param);
        }
        if ledger.find(Role::Param, name).is_none() {
            return Err(format!("there is no param {name}"));
        }
    }
    println!("{}", importance_document(&ledger, &question)?);
    Ok(true)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_ignored| format!("{text} is no whole number"))
}

/// `PARAM=LOW:HIGH` with `:log` behind it or not.
fn range(text: &str) -> Result<(String, Declared), String> {
    let wrong = || format!("--range {text}: write it as PARAM=LOW:HIGH or PARAM=LOW:HIGH:log");
    let (name, bounds) = text.rsplit_once('=').ok_or_else(wrong)?;
    let parts: Vec<&str> = bounds.split(':').collect();
    let (low, high, log) = match parts.as_slice() {
        [low, high] => (low, high, false),
        [low, high, "log"] => (low, high, true),
        _ => return Err(wrong()),
    };
    let parse = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|x| x.is_finite())
            .ok_or_else(wrong)
    };
    let (low, high) = (parse(low)?, parse(high)?);
    if low >= high {
        return Err(format!("--range {text}: LOW must lie below HIGH"));
    }
    if log && low <= 0.0 {
        return Err(format!("--range {text}: a logarithmic range lies above 0"));
    }
    Ok((name.to_owned(), Declared::Range { low, high, log }))
}
