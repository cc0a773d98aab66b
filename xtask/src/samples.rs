//! The bundled sample sweeps: `samples/samples.json` (title, description, number of runs of each)
//! and the files that it names.

use std::fs;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::tools::Project;

/// The sample sweeps, in the order in which the page shows them.
#[derive(Debug)]
pub(crate) struct Samples {
    /// `samples.json` as it is: an array of `{file, title, description, runs}`.
    pub(crate) index: Value,
    /// The files.
    pub(crate) files: Vec<Sample>,
}

/// One file of sample runs.
#[derive(Debug)]
pub(crate) struct Sample {
    /// Its name, without a folder.
    pub(crate) name: String,
    /// What it holds, byte for byte.
    pub(crate) bytes: Vec<u8>,
}

impl Samples {
    /// Reads the index and every file that it names; a repository without an index has no samples.
    pub(crate) fn read(project: &Project) -> anyhow::Result<Self> {
        let folder = project.sources().join("samples");
        let index_path = folder.join("samples.json");
        if !index_path.exists() {
            println!("samples/samples.json is missing: the page will have no samples.");
            return Ok(Self {
                index: Value::Array(Vec::new()),
                files: Vec::new(),
            });
        }
        let index: Value =
            serde_json::from_slice(&fs::read(&index_path)?).context("samples/samples.json")?;
        let files = file_names(&index)?
            .into_iter()
            .map(|name| {
                let bytes = fs::read(folder.join(&name))
                    .with_context(|| format!("could not read samples/{name}"))?;
                Ok(Sample { name, bytes })
            })
            .collect::<anyhow::Result<Vec<Sample>>>()?;
        Ok(Self { index, files })
    }
}

/// The names of the files in the index. They become parts of URLs and attributes: letters, digits,
/// dots, dashes and underscores only.
fn file_names(index: &Value) -> anyhow::Result<Vec<String>> {
    let entries = index.as_array().context("samples.json must be an array")?;
    entries
        .iter()
        .map(|entry| {
            let name = entry["file"]
                .as_str()
                .context("samples.json: an entry without `file`")?;
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
                bail!("samples.json: {name:?} is not a plain file name");
            }
            for key in ["title", "description"] {
                entry[key]
                    .as_str()
                    .with_context(|| format!("samples.json: {name} has no {key}"))?;
            }
            entry["runs"]
                .as_u64()
                .with_context(|| format!("samples.json: {name} has no number of runs"))?;
            Ok(name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::file_names;

    #[test]
    fn names_come_in_order() {
        let entry =
            |file: &str| json!({ "file": file, "title": "t", "description": "d", "runs": 3 });
        let index = json!([entry("b.csv.gz"), entry("a_1-x.json")]);
        assert_eq!(file_names(&index).unwrap(), ["b.csv.gz", "a_1-x.json"]);
        assert!(file_names(&json!([entry("../secret.csv")])).is_err());
        assert!(file_names(&json!([entry("a\"b.csv")])).is_err());
    }

    #[test]
    fn an_incomplete_entry_is_named() {
        let index = json!([{ "file": "a.csv", "title": "t", "runs": 3 }]);
        assert_eq!(
            file_names(&index).unwrap_err().to_string(),
            "samples.json: a.csv has no description"
        );
    }
}
