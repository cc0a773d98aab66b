//! cargo → wasm-bindgen → names → wasm-opt → order: one module for the page and its workers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::html::hex_digest;
use crate::tools::{self, Project, WASM_TARGET};
use crate::{names, order, places};

/// How wasm-opt works on the module: for the least size, which the budget asks for. A function that has one caller is put
/// into it only where it is small: else some grow so large that a tab works for half a second on the code of one, which
/// it compiles anew when it has run for a while. Packed, the page weighs a twentieth less for it as well.
/// Nothing lies in the first 1024 bytes of memory (the stack grows down to them from a megabyte above), so that constant
/// parts of an address may go into the instruction that uses it. A second round finds what the first has left: 6 kB packed; functions that
/// differ in a constant become one after it, and a third round tidies that: 1.6 kB.
const WASM_OPT_ARGUMENTS: [&str; 7] = [
    "-Oz",
    "-Oz",
    "--merge-similar-functions",
    "-Oz",
    "--one-caller-inline-max-function-size",
    "5",
    "--low-memory-unused",
];

/// What rustc 1.95 may emit for wasm32 by default, named one by one, and the SIMD that hot loops ask for, which all browsers have
/// that unpack the page: wasm-opt refuses what is not enabled, and a module whose `target_features` section was stripped would enable
/// nothing.
const WASM_FEATURES: [&str; 9] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

/// What is built: the page as it ships, or one that is quick to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Fat link-time optimisation and wasm-opt.
    Page,
    /// Cargo's dev profile as it is.
    Dev,
}

/// The module and its glue, ready to be bundled.
#[derive(Debug)]
pub(crate) struct Program {
    /// The JavaScript that defines `wasm_bindgen`, a classic script.
    pub(crate) glue: String,
    /// The module as it ships.
    pub(crate) wasm: Vec<u8>,
}

/// Where wasm-bindgen's module is kept for the size table by crate: wasm-opt drops the names.
pub(crate) fn named_module(project: &Project) -> PathBuf {
    project.work().join("named.wasm")
}

/// Builds the module and its glue.
pub(crate) fn build(project: &Project, profile: Profile) -> anyhow::Result<Program> {
    check_versions(&project.read("Cargo.lock")?)?;
    tools::ensure_wasm_target()?;
    let wasm_opt = match profile {
        Profile::Page => Some(tools::ensure_wasm_opt(project)?),
        Profile::Dev => None,
    };
    fs::create_dir_all(project.work()).context("could not make the work folder")?;

    let compiled = compile(project, profile)?;

    let started = now();
    let mut output = Bindgen::new()
        .input_path(&compiled)
        .no_modules(true)?
        .typescript(false)
        .demangle(false)
        .omit_default_module_path(true)
        .generate_output()
        .context(
            "wasm-bindgen failed. Where it speaks of an import from `env`, some crate called what wasm32 \
             lacks, most often the clock of `std::time`",
        )?;
    let glue = output.js().to_owned();
    let glue = names::shorten(output.wasm_mut(), &glue);
    places::forget(output.wasm_mut());
    let bound = output.wasm_mut().emit_wasm();
    fs::write(named_module(project), &bound).context("could not keep the module with names")?;
    println!("wasm-bindgen    {:>8.2} s", started.elapsed().as_secs_f64());

    let wasm = match wasm_opt {
        Some(wasm_opt) => optimise(project, &wasm_opt, &bound)?,
        None => bound,
    };
    Ok(Program { glue, wasm })
}

/// wasm-bindgen's library and the crate speak a private format: their versions must be the same.
fn check_versions(lock: &str) -> anyhow::Result<()> {
    let crate_version = locked_version(lock, "wasm-bindgen")?;
    let bundler_version = locked_version(lock, "wasm-bindgen-cli-support")?;
    if crate_version != bundler_version {
        bail!(
            "Cargo.lock has wasm-bindgen {crate_version}, the bundler has wasm-bindgen-cli-support \
             {bundler_version}: set the same version in xtask/Cargo.toml"
        );
    }
    Ok(())
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version<'lock>(lock: &'lock str, package: &str) -> anyhow::Result<&'lock str> {
    let name = format!("name = \"{package}\"");
    lock.lines()
        .skip_while(|line| *line != name)
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .with_context(|| format!("Cargo.lock does not name {package}"))
}

/// Runs cargo and returns the path of the module that it names.
fn compile(project: &Project, profile: Profile) -> anyhow::Result<PathBuf> {
    let started = now();
    let profile_name = match profile {
        Profile::Page => "page",
        Profile::Dev => "dev",
    };
    let output = Command::new(tools::cargo())
        .args(["build", "--package", "runsift", "--lib", "--locked"])
        .args(["--target", WASM_TARGET, "--profile", profile_name])
        .args(project.is_translated().then_some("--features=translated"))
        .arg("--manifest-path")
        .arg(project.sources().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(project.target())
        .arg("--message-format=json-render-diagnostics")
        // Where cargo finds its configuration, for a copy of the sources too.
        .current_dir(project.root())
        .stderr(Stdio::inherit())
        .output()
        .context("could not start cargo")?;
    if !output.status.success() {
        bail!("cargo could not build the page ({})", output.status);
    }
    let messages = String::from_utf8(output.stdout).context("cargo wrote odd text")?;
    let module = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| {
            message["reason"] == "compiler-artifact" && message["target"]["name"] == "runsift"
        })
        .filter_map(|message| message["filenames"].as_array().cloned())
        .flatten()
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .context("cargo named no wasm module")?;
    println!("cargo           {:>8.2} s", started.elapsed().as_secs_f64());
    Ok(module)
}

/// Runs wasm-opt, or takes its answer from an earlier run on the same bytes.
fn optimise(project: &Project, wasm_opt: &Path, bound: &[u8]) -> anyhow::Result<Vec<u8>> {
    let started = now();
    let lock = project.read("package-lock.json")?;
    let question = [
        WASM_OPT_ARGUMENTS.join(" "),
        WASM_FEATURES.join(" "),
        hex_digest(lock.as_bytes()),
        hex_digest(bound),
    ];
    let digest = hex_digest(question.join("\n").as_bytes());
    let answer = project.work().join("optimised.wasm");
    let stamp = project.work().join("optimised.question");
    let known = fs::read_to_string(&stamp).is_ok_and(|known| known == digest) && answer.exists();
    if !known {
        let mut command = Command::new(wasm_opt);
        command
            .arg(named_module(project))
            .arg("-o")
            .arg(&answer)
            .args(WASM_OPT_ARGUMENTS)
            .args(WASM_FEATURES);
        tools::run(&mut command)?;
        fs::write(&stamp, digest).context("could not note what wasm-opt answered")?;
    }
    let note = if known { " (unchanged)" } else { "" };
    println!(
        "wasm-opt        {:>8.2} s{note}",
        started.elapsed().as_secs_f64()
    );
    let optimised = fs::read(&answer).context("could not read what wasm-opt wrote")?;
    let started = now();
    let ordered = order::packed_well(&optimised)?;
    println!("order           {:>8.2} s", started.elapsed().as_secs_f64());
    Ok(ordered)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the bundler runs on the host, where there is a clock"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::{check_versions, locked_version};

    #[test]
    fn the_bundler_and_the_crate_have_one_version_of_wasm_bindgen() {
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
        let lock = std::fs::read_to_string(lock).unwrap();
        check_versions(&lock).unwrap();
    }

    #[test]
    fn unequal_versions_are_refused() {
        let lock = "name = \"wasm-bindgen\"\nversion = \"0.2.1\"\n\nname = \"wasm-bindgen-cli-support\"\nversion = \"0.2.2\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").unwrap(), "0.2.1");
        assert!(
            check_versions(lock)
                .unwrap_err()
                .to_string()
                .contains("0.2.2")
        );
    }
}
