//! The bundler of runsift and its friends: `cargo xtask dist`, `serve`, `texts`, `sizes`.
//!
//! A bundler of our own because no ready one writes what the product ships: the whole program in
//! one HTML file that works from `file://`, a content security policy with the hashes of its inline
//! parts, and one WebAssembly module for the page and its workers.
//!
//! - [`wasm`]: cargo → wasm-bindgen → wasm-opt → [`order`].
//! - [`names`], [`places`]: what the module need not say: long names, and where libraries would panic.
//! - [`plain`]: style sheets and scripts without comments and indentation.
//! - [`bundle`]: the parts of the page → the static site and the single file.
//! - [`html`]: the template, the policy and its hashes.
//! - [`samples`]: the bundled sample sweeps.
//! - [`sizes`]: what everything weighs, by part and by crate; the budget.
//! - [`texts`]: what the page says, for translators, and a page in another language.
//! - [`serve`]: a small static server for one's own machine.
//! - [`tools`]: finds or installs what the build stands on.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool: its output is its product"
)]

mod bundle;
mod html;
mod names;
mod order;
mod places;
mod plain;
mod samples;
mod serve;
mod sizes;
mod texts;
mod tools;
mod wasm;

use std::process::ExitCode;

use anyhow::{Context as _, bail};

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  dist [--dev] [--language L]    build the page into dist/ (--dev: quick to build, slow to run;
                                 --language de: with the words of texts/de.po)
  serve [--port N] [--dev] [--language L]
                                 build the page and serve it on http://127.0.0.1:N (8080)
  texts                          write texts/english.pot, the catalogue of all that the page says
  sizes                          print the size tables of the page that was built last
";

const DEFAULT_PORT: u16 = 8080;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    let Some((command, options)) = arguments.split_first() else {
        bail!("no command\n\n{USAGE}");
    };
    let mut profile = wasm::Profile::Page;
    let mut port = DEFAULT_PORT;
    let mut language = None;
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match (command.as_str(), option.as_str()) {
            ("dist" | "serve", "--dev") => profile = wasm::Profile::Dev,
            ("dist" | "serve", "--language") => {
                language = Some(options.next().context("--language needs a name, as `de`")?);
            }
            ("serve", "--port") => {
                let text = options.next().context("--port needs a number")?;
                port = text
                    .parse()
                    .with_context(|| format!("--port {text}: not a port"))?;
            }
            _ => bail!("`{command}` has no option `{option}`\n\n{USAGE}"),
        }
    }
    let project = tools::Project::find()?;
    match command.as_str() {
        "dist" => dist(&project, profile, language),
        "serve" => {
            // First the port: nobody should wait for a build to hear that it is taken.
            let listener = serve::listen(port)?;
            dist(&project, profile, language)?;
            serve::serve(&listener, &project.dist())
        }
        "sizes" => sizes::print_last(&project),
        "texts" => texts::write(&project),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("no command `{other}`\n\n{USAGE}"),
    }
}

/// Builds the page in English or in a language of `texts/`.
fn dist(
    project: &tools::Project,
    profile: wasm::Profile,
    language: Option<&String>,
) -> anyhow::Result<()> {
    match language {
        Some(language) => bundle::dist(&texts::translated(project, language)?, profile),
        None => bundle::dist(project, profile),
    }
}
