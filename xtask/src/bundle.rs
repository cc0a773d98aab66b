//! The parts of the page → `dist/`: the static site, and the whole program in one file.
//!
//! ```text
//! dist/index.html            small; names the parts below by relative URLs
//!      runsift-HASH.js       glue + shell/{worker,page_static,contents,store,page}.js
//!      runsift-HASH.wasm.gz  packed as well as it can be, whatever the host does; compiled while it streams
//!      runsift-HASH.css      style/*.css
//!      samples/NAME          the sample sweeps
//!      service_worker.js     keeps all of these, so that the page opens without a network
//!      manifest.webmanifest  what it is as an installed program
//!      runsift.html          all of it in one file: wasm and samples as gzip in base64
//! ```
//!
//! Names carry the hash of their bytes, so a host may let browsers keep them for ever.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::html::{self, Filling, Policy};
use crate::plain;
use crate::samples::Samples;
use crate::sizes;
use crate::tools::Project;
use crate::wasm::{self, Profile, Program};

/// The single file's name in `dist/`.
pub(crate) const SINGLE_FILE: &str = "runsift.html";

/// Hexadecimal digits of the hash in a part's name: 64 bits, no two versions will share them.
const NAME_DIGITS: usize = 16;

/// Everything that the two forms of the page are made of.
#[derive(Debug)]
struct Parts {
    program: Program,
    /// The program's module as gzip.
    packed: Vec<u8>,
    style: String,
    template: String,
    page_script: String,
    static_script: String,
    single_script: String,
    worker_script: String,
    service_worker: String,
    manifest: String,
    samples: Samples,
}

/// Builds the page into `dist/` and prints what it weighs; fails above the budget.
pub(crate) fn dist(project: &Project, profile: Profile) -> anyhow::Result<()> {
    let script = |name: &str| -> anyhow::Result<String> {
        plain::script(&project.read(&format!("src/web/shell/{name}"))?)
            .with_context(|| format!("src/web/shell/{name}"))
    };
    let mut program = wasm::build(project, profile)?;
    program.glue = plain::script(&program.glue).context("the glue of wasm-bindgen")?;
    let parts = Parts {
        packed: sizes::smallest_gzip(&program.wasm)?,
        program,
        style: style(project)?,
        template: project.read("index.html")?,
        page_script: script("contents.js")? + &script("store.js")? + &script("page.js")?,
        static_script: script("page_static.js")?,
        single_script: script("page_single.js")?,
        worker_script: script("worker.js")?,
        service_worker: script("service_worker.js")?,
        manifest: project.read("src/web/shell/manifest.webmanifest")?,
        samples: Samples::read(project)?,
    };
    let dist = project.dist();
    if dist.exists() {
        fs::remove_dir_all(&dist).context("could not clear dist/")?;
    }
    fs::create_dir_all(dist.join("samples")).context("could not make dist/")?;
    write_site(&dist, &parts)?;
    write_single_file(&dist, &parts)?;
    match profile {
        Profile::Page => sizes::print_last(project),
        Profile::Dev => Ok(()),
    }
}

/// All style sheets in the order of their names.
fn style(project: &Project) -> anyhow::Result<String> {
    let folder = project.sources().join("style");
    let mut paths = Vec::new();
    if folder.exists() {
        for entry in fs::read_dir(&folder).context("could not list style/")? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "css") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let mut sheet = String::new();
    for path in paths {
        sheet += &fs::read_to_string(&path)
            .with_context(|| format!("could not read {}", path.display()))?;
        sheet.push('\n');
    }
    Ok(plain::style(&sheet))
}

/// The boot script: where the parts come from, then what is done with them, in a scope of its own.
fn boot_script(source: &str, page: &str) -> String {
    format!("(() => {{\n\"use strict\";\n{source}\n{page}\n}})();\n")
}

/// `dist/index.html` and its parts.
fn write_site(dist: &Path, parts: &Parts) -> anyhow::Result<()> {
    let glue = &parts.program.glue;
    // The worker's script is made of these functions' own text, so the glue is shipped once.
    let script = format!(
        "const glue = () => {{\n{glue}\nreturn wasm_bindgen;\n}};\nconst bootWorker = () => {{\n{}\n}};\n\
         const wasm_bindgen = glue();\n{}",
        parts.worker_script,
        boot_script(&parts.static_script, &parts.page_script)
    );
    let wasm_name = write_hashed(dist, "runsift", "wasm.gz", &parts.packed)?;
    let script_name = write_hashed(dist, "runsift", "js", script.as_bytes())?;
    let style_name = write_hashed(dist, "runsift", "css", parts.style.as_bytes())?;
    for sample in &parts.samples.files {
        write(&dist.join("samples").join(&sample.name), &sample.bytes)?;
    }
    let filling = Filling {
        policy: Policy {
            script: "'self'".to_owned(),
            style: "'self'".to_owned(),
            connect: "'self'",
            is_installed: true,
        },
        head: format!(
            "<link rel=\"manifest\" href=\"manifest.webmanifest\">\n\
             <link rel=\"preload\" href=\"{wasm_name}\" as=\"fetch\" crossorigin>\n\
             <link rel=\"stylesheet\" href=\"{style_name}\">\n\
             <script defer src=\"{script_name}\" data-wasm=\"{wasm_name}\"></script>"
        ),
        body: samples_index(&parts.samples),
    };
    let page = html::fill(&parts.template, &filling)?;
    write(&dist.join("index.html"), page.as_bytes())?;
    write(
        &dist.join("manifest.webmanifest"),
        parts.manifest.as_bytes(),
    )?;
    let mut files = vec![wasm_name, script_name, style_name];
    let samples = parts.samples.files.iter();
    files.extend(samples.map(|sample| format!("samples/{}", sample.name)));
    // Their names tell the version of most; the page and the manifest have none.
    let version = html::hex_digest(format!("{page}{}{files:?}", parts.manifest).as_bytes());
    files.extend(["./".to_owned(), "manifest.webmanifest".to_owned()]);
    let script = format!(
        "const VERSION = \"{version}\";\nconst FILES = {};\n{}",
        serde_json::to_string(&files)?,
        parts.service_worker
    );
    write(&dist.join("service_worker.js"), script.as_bytes())
}

/// `dist/runsift.html`.
fn write_single_file(dist: &Path, parts: &Parts) -> anyhow::Result<()> {
    let glue = &parts.program.glue;
    let boot = boot_script(&parts.single_script, &parts.page_script);
    // The worker's script is made in the page from the glue's text, so the glue is shipped once.
    let mut body = vec![
        html::inline("script", " id=\"glue\"", glue)?,
        html::inline(
            "script",
            " type=\"text/plain\" id=\"worker\"",
            &parts.worker_script,
        )?,
        samples_index(&parts.samples),
        html::data_block(
            "application/octet-stream",
            " id=\"wasm\"",
            &html::base64(&parts.packed),
        ),
    ];
    for sample in &parts.samples.files {
        let name = &sample.name;
        // What is gzip already stays as it is: the page hands on the same bytes in both forms.
        let (mark, bytes) = if Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "gz")
        {
            ("", sample.bytes.clone())
        } else {
            (" data-gzip", sizes::smallest_gzip(&sample.bytes)?)
        };
        let attributes = format!(" data-sample=\"{name}\"{mark}");
        body.push(html::data_block(
            "application/octet-stream",
            &attributes,
            &html::base64(&bytes),
        ));
    }
    body.push(html::inline("script", "", &boot)?);
    let filling = Filling {
        policy: Policy {
            script: format!("{} {}", html::hash_source(glue), html::hash_source(&boot)),
            style: html::hash_source(&parts.style),
            connect: "'none'",
            is_installed: false,
        },
        head: html::inline("style", "", &parts.style)?,
        body: body.join("\n"),
    };
    write(
        &dist.join(SINGLE_FILE),
        html::fill(&parts.template, &filling)?.as_bytes(),
    )
}

fn samples_index(samples: &Samples) -> String {
    html::data_block(
        "application/json",
        " id=\"samples\"",
        &html::json_for_script(&samples.index),
    )
}

/// Writes a part under a name that holds the hash of its bytes, and returns the name.
fn write_hashed(dist: &Path, stem: &str, extension: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let digest = html::hex_digest(bytes);
    let Some(digits) = digest.get(..NAME_DIGITS) else {
        bail!("a digest is too short")
    };
    let name = format!("{stem}-{digits}.{extension}");
    write(&dist.join(&name), bytes)?;
    Ok(name)
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("could not write {}", path.display()))
}
