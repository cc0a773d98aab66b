//! Finds what the build stands on, and installs what a fresh machine lacks: the wasm32 target by
//! rustup, the pinned npm packages by `npm ci`. Nothing else is ever installed from here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// The compiler's name for WebAssembly without an operating system.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Where the repository and its build output are.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
    /// Where what the page is made of lies, if not at the top: a copy in another language.
    translated: Option<PathBuf>,
}

impl Project {
    /// Asks cargo, so that `CARGO_TARGET_DIR` and configuration files count.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .stderr(Stdio::inherit())
            .output()
            .context("could not start cargo")?;
        let metadata: serde_json::Value =
            serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")?;
        let path = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata has no {key}"))
        };
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
            translated: None,
        })
    }

    /// The same with a copy of the sources in another language.
    pub(crate) fn with_sources(&self, copy: PathBuf) -> Self {
        Self {
            root: self.root.clone(),
            target: self.target.clone(),
            translated: Some(copy),
        }
    }

    /// The top of the repository.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What the page is made of: the top of the repository, or a copy in another language.
    pub(crate) fn sources(&self) -> &Path {
        self.translated.as_deref().unwrap_or(&self.root)
    }

    /// Whether the page is made in another language than English.
    pub(crate) fn is_translated(&self) -> bool {
        self.translated.is_some()
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The finished page.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Intermediate results of the bundler.
    pub(crate) fn work(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// Reads a text file of what the page is made of.
    pub(crate) fn read(&self, path: &str) -> anyhow::Result<String> {
        fs::read_to_string(self.sources().join(path))
            .with_context(|| format!("could not read {path}"))
    }
}

/// The cargo that started us, so that toolchains are not mixed.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Runs a command with its output shown; a failure names the command.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = format!("{command:?}").replace('"', "");
    let status = command
        .status()
        .with_context(|| format!("could not start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Installs the wasm32 target where the compiler lacks it.
pub(crate) fn ensure_wasm_target() -> anyhow::Result<()> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .output()
        .context("could not start rustc")?;
    let folder = String::from_utf8(output.stdout).context("rustc named an odd folder")?;
    if output.status.success() && Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    println!("The target {WASM_TARGET} is missing: installing it with rustup.");
    run(Command::new("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
        format!("without rustup, install the standard library for {WASM_TARGET} from your system's packages")
    })
}

/// The npm packages of `package-lock.json`, installed without running any of their scripts.
///
/// Returns the path of `wasm-opt`.
pub(crate) fn ensure_wasm_opt(project: &Project) -> anyhow::Result<PathBuf> {
    let installed = project.root.join("node_modules/.package-lock.json");
    let wanted = project.root.join("package-lock.json");
    let modified = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified());
    let fresh = match (modified(&installed), modified(&wanted)) {
        (Ok(installed), Ok(wanted)) => installed >= wanted,
        _ => false,
    };
    if !fresh {
        println!("The npm packages are missing or older than package-lock.json: running npm ci.");
        run(Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&project.root))
        .context("node 20 and npm are needed for wasm-opt and the browser tests")?;
    }
    let wasm_opt = project.root.join("node_modules/.bin/wasm-opt");
    if !wasm_opt.exists() {
        bail!("npm installed no {}", wasm_opt.display());
    }
    Ok(wasm_opt)
}
