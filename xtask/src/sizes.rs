//! What the page weighs: every part raw and after gzip -9, held against the budget, and the code of
//! the module by crate.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::num::NonZeroU64;
use wasmparser::{KnownCustom, Name, Parser, Payload};

use crate::bundle::SINGLE_FILE;
use crate::tools::Project;
use crate::wasm;

/// The most that the page may weigh, each of its two forms with everything in it: 2,000,000 bytes after gzip -9. A little is left
/// for zlib, which may pack what is not packed yet worse than the one here.
const BUDGET_BYTES: usize = 1_999_800;

/// How often zopfli tries for a better packing: more takes longer and saves next to nothing.
const ZOPFLI_ITERATIONS: NonZeroU64 = NonZeroU64::new(15).unwrap();

/// Into how many blocks it may part a megabyte, each with codes of its own: 15, as it would, are too few for a module, which
/// is a hundredth smaller with as many as it likes.
const ZOPFLI_BLOCKS: u16 = 250;

/// Crates named in the table; the rest are summed.
const CRATES_SHOWN: usize = 20;

/// Bytes after gzip -9.
pub(crate) fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    gzip_at(bytes, Compression::best())
}

fn gzip_at(bytes: &[u8], level: Compression) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).context("gzip")?;
    encoder.finish().context("gzip")
}

/// As gzip, as small as it can be: it takes half a minute for the page's module and saves a twentieth of it.
pub(crate) fn smallest_gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let options = zopfli::Options {
        iteration_count: ZOPFLI_ITERATIONS,
        maximum_block_splits: ZOPFLI_BLOCKS,
        ..zopfli::Options::default()
    };
    let mut packed = Vec::new();
    zopfli::compress(options, zopfli::Format::Gzip, bytes, &mut packed).context("zopfli")?;
    Ok(packed)
}

/// Prints the tables of what `dist` holds; fails where a form of the page is above the budget.
pub(crate) fn print_last(project: &Project) -> anyhow::Result<()> {
    let dist = project.dist();
    let mut parts = weigh(&dist, "").context("could not weigh dist/: was the page built?")?;
    parts.sort();
    println!("\n{:<34} {:>10} {:>10}", "part", "raw", "gzip -9");
    for part in &parts {
        println!("{:<34} {:>10} {:>10}", part.name, part.raw, part.gzip);
    }
    let sum = |single: bool| {
        parts
            .iter()
            .filter(|part| (part.name == SINGLE_FILE) == single)
            .map(|part| part.gzip)
            .sum()
    };
    let forms: [(&str, usize); 2] = [("static site", sum(false)), ("single file", sum(true))];
    for (form, gzip) in forms {
        let share = 100.0 * gzip as f64 / BUDGET_BYTES as f64;
        println!(
            "{form:<34} {:>10} {gzip:>10}  {share:.0} % of {BUDGET_BYTES}",
            ""
        );
    }

    let module =
        fs::read(wasm::named_module(project)).context("the module with names is missing")?;
    println!(
        "\n{:<34} {:>10} {:>10}",
        "code by crate (before wasm-opt)", "bytes", "share"
    );
    let crates = code_by_crate(&module)?;
    let total: usize = crates.iter().map(|(_, bytes)| bytes).sum();
    let share = |bytes: usize| 100.0 * bytes as f64 / total.max(1) as f64;
    for (name, bytes) in crates.iter().take(CRATES_SHOWN) {
        println!("{name:<34} {bytes:>10} {:>8.1} %", share(*bytes));
    }
    let rest: usize = crates
        .iter()
        .skip(CRATES_SHOWN)
        .map(|(_, bytes)| bytes)
        .sum();
    println!("{:<34} {rest:>10} {:>8.1} %", "others", share(rest));

    for (form, gzip) in forms {
        if gzip > BUDGET_BYTES {
            bail!("the {form} weighs {gzip} bytes after gzip -9; the budget is {BUDGET_BYTES}");
        }
    }
    Ok(())
}

/// A file of the page.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    raw: usize,
    gzip: usize,
}

fn weigh(folder: &Path, prefix: &str) -> anyhow::Result<Vec<Part>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            parts.extend(weigh(&entry.path(), &format!("{name}/"))?);
        } else {
            let bytes = fs::read(entry.path())?;
            // What is packed already, and written as text, this library packs worse at its greatest level than zlib and gzip do.
            let last = gzip_at(&bytes, Compression::new(8))?;
            parts.push(Part {
                name,
                raw: bytes.len(),
                gzip: gzip(&bytes)?.len().min(last.len()),
            });
        }
    }
    Ok(parts)
}

/// Bytes of code by crate, most first, from a module that has its name section.
fn code_by_crate(module: &[u8]) -> anyhow::Result<Vec<(String, usize)>> {
    let mut imported = 0;
    let mut lengths = Vec::new();
    let mut names: BTreeMap<u32, String> = BTreeMap::new();
    let mut sections: BTreeMap<String, usize> = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if matches!(import?.ty, wasmparser::TypeRef::Func(_)) {
                        imported += 1;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => lengths.push(body.range().len()),
            Payload::DataSection(data) => {
                *sections.entry("(static data)".to_owned()).or_default() += data.range().len();
            }
            Payload::CustomSection(custom) => {
                if let KnownCustom::Name(subsections) = custom.as_known() {
                    for subsection in subsections {
                        if let Name::Function(functions) = subsection? {
                            for naming in functions {
                                let naming = naming?;
                                names.insert(naming.index, naming.name.to_owned());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut crates = sections;
    for (index, length) in (imported..).zip(lengths) {
        let name = names
            .get(&index)
            .map_or_else(|| "(no name)".to_owned(), |name| crate_of(name));
        *crates.entry(name).or_default() += length;
    }
    let mut crates: Vec<(String, usize)> = crates.into_iter().collect();
    crates.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(crates)
}

/// Lower-case words of a path that name no crate: keywords and the primitive types.
const NOT_CRATES: [&str; 25] = [
    "as", "const", "dyn", "extern", "fn", "impl", "mut", "unsafe", "bool", "char", "f32", "f64",
    "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32", "u64", "u128", "usize",
];

/// The crate of a function, from its mangled name. A method of a trait counts for the crate of the
/// type, for that is what
/// brought it in; a method of a primitive type for that of the trait.
fn crate_of(mangled: &str) -> String {
    let Ok(symbol) = rustc_demangle::try_demangle(mangled) else {
        return "(not Rust)".to_owned();
    };
    let path = format!("{symbol:#}");
    path.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_'))
        .find(|word| !NOT_CRATES.contains(word))
        .unwrap_or("core")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::{code_by_crate, crate_of, gzip};

    #[test]
    fn functions_count_for_the_crate_of_their_type() {
        let cases = [
            ("_ZN4core3fmt5write17h0123456789abcdefE", "core"),
            (
                "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE",
                "alloc",
            ),
            (
                "_ZN44_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
                "core",
            ),
            (
                "_ZN42_$LT$str$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
                "core",
            ),
            ("_RNvCs1234_7mycrate3foo", "mycrate"),
            ("__externref_table_grow", "(not Rust)"),
        ];
        for (mangled, expected) in cases {
            assert_eq!(crate_of(mangled), expected, "{mangled}");
        }
    }

    #[test]
    fn a_module_is_weighed_by_its_names() {
        // One function `_ZN1a1b17h0123456789abcdefE`, whose body of 2 bytes does nothing.
        let name = b"_ZN1a1b17h0123456789abcdefE";
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.extend([1, 4, 1, 0x60, 0, 0]);
        module.extend([3, 2, 1, 0]);
        module.extend([10, 4, 1, 2, 0, 0x0b]);
        let length = u8::try_from(name.len()).unwrap();
        module.extend([0, length + 10, 4]);
        module.extend(b"name");
        module.extend([1, length + 3, 1, 0, length]);
        module.extend(name);
        assert_eq!(code_by_crate(&module).unwrap(), [("a".to_owned(), 2)]);
    }

    #[test]
    fn gzip_shrinks_what_repeats() {
        assert!(gzip(&[7; 10_000]).unwrap().len() < 100);
    }
}
