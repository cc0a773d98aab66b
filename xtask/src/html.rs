//! The page's HTML: the template `index.html` with its marks filled, and the content security
//! policy with the hashes of the inline parts.
//!
//! The policy is the product's promise that nothing leaves the tab, so it is computed from what is
//! written and never by hand. Reference: <https://www.w3.org/TR/CSP3/>.

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes, as 64 hexadecimal digits.
pub(crate) fn hex_digest(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for byte in Sha256::digest(bytes) {
        for half in [byte >> 4, byte & 15] {
            digits.extend(char::from_digit(u32::from(half), 16));
        }
    }
    digits
}

/// Bytes as base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// What the page may load and where it may connect: nothing that is not named here.
#[derive(Debug)]
pub(crate) struct Policy {
    /// Sources of scripts beside WebAssembly.
    pub(crate) script: String,
    /// Sources of style sheets.
    pub(crate) style: String,
    /// Where `fetch` and its kin may go.
    pub(crate) connect: &'static str,
    /// Whether it may have a service worker and a manifest of its own.
    pub(crate) is_installed: bool,
}

impl Policy {
    /// The `<meta>` element. Workers come from a Blob in both forms of the page: such a worker
    /// inherits this policy, while a worker from a URL would be bound by its response's headers only.
    fn meta(&self) -> String {
        let Self {
            script,
            style,
            connect,
            is_installed,
        } = self;
        let (worker, manifest) = if *is_installed {
            ("'self' blob:", " manifest-src 'self';")
        } else {
            ("blob:", "")
        };
        format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             script-src {script} 'wasm-unsafe-eval'; worker-src {worker}; style-src {style};{manifest} \
             img-src data: blob:; connect-src {connect}; base-uri 'none'; form-action 'none'\">"
        )
    }
}

/// The source expression that allows exactly this inline text.
pub(crate) fn hash_source(text: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())))
}

/// The parts that fill the marks of the template.
#[derive(Debug)]
pub(crate) struct Filling {
    /// The policy; it stands before everything that it governs.
    pub(crate) policy: Policy,
    /// Goes into `<head>`: style sheets and what is to be fetched early.
    pub(crate) head: String,
    /// Goes to the end of `<body>`: data blocks and scripts.
    pub(crate) body: String,
}

/// Fills the template's marks `<!-- policy -->`, `<!-- head -->` and `<!-- body -->`.
pub(crate) fn fill(template: &str, filling: &Filling) -> anyhow::Result<String> {
    let mut html = template.to_owned();
    let marks = [
        ("<!-- policy -->", filling.policy.meta()),
        ("<!-- head -->", filling.head.clone()),
        ("<!-- body -->", filling.body.clone()),
    ];
    for (mark, text) in marks {
        if template.matches(mark).count() != 1 {
            bail!("index.html must hold `{mark}` exactly once");
        }
        html = html.replacen(mark, &text, 1);
    }
    Ok(html)
}

/// An inline `<script>` or `<style>` whose text is just what its hash was taken of.
///
/// Refuses text that an HTML parser would read differently: an end tag, a comment's start (it
/// changes how a later end tag is read) and carriage returns (they become line feeds).
pub(crate) fn inline(tag: &str, attributes: &str, text: &str) -> anyhow::Result<String> {
    let lower = text.to_ascii_lowercase();
    for odd in [&format!("</{tag}") as &str, "<!--", "\r"] {
        if let Some(at) = lower.find(odd) {
            let line = text
                .get(..at)
                .context("not at a character")?
                .lines()
                .count();
            bail!("an inline <{tag}> cannot hold {odd:?} (line {line} of its text)");
        }
    }
    Ok(format!("<{tag}{attributes}>{text}</{tag}>"))
}

/// A block of data that is never executed, so no policy governs it.
pub(crate) fn data_block(kind: &str, attributes: &str, text: &str) -> String {
    format!("<script type=\"{kind}\"{attributes}>{text}</script>")
}

/// JSON that can stand in a `<script>` element whatever its strings hold.
pub(crate) fn json_for_script(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::{Filling, Policy, fill, hash_source, hex_digest, inline, json_for_script};

    fn filling() -> Filling {
        Filling {
            policy: Policy {
                script: "'self'".to_owned(),
                style: "'self'".to_owned(),
                connect: "'none'",
                is_installed: false,
            },
            head: "H".to_owned(),
            body: "B".to_owned(),
        }
    }

    #[test]
    fn marks_are_filled_once() {
        let html = fill("<!-- policy -->|<!-- head -->|<!-- body -->", &filling()).unwrap();
        assert!(html.starts_with("<meta http-equiv"));
        assert!(html.ends_with("|H|B"));
        assert!(fill("<!-- policy --><!-- head -->", &filling()).is_err());
        assert!(
            fill(
                "<!-- policy --><!-- head --><!-- body --><!-- body -->",
                &filling()
            )
            .is_err()
        );
    }

    #[test]
    fn an_installed_page_may_have_its_own_worker_and_manifest() {
        let mut filling = filling();
        filling.policy.is_installed = true;
        let meta = filling.policy.meta();
        assert!(meta.contains("worker-src 'self' blob:;"), "{meta}");
        assert!(meta.contains("; manifest-src 'self'; img-src"), "{meta}");
    }

    #[test]
    fn the_policy_has_no_way_out() {
        let meta = filling().policy.meta();
        for directive in [
            "default-src 'none'",
            "connect-src 'none'",
            "worker-src blob:",
            "form-action 'none'",
        ] {
            assert!(meta.contains(directive), "{meta}");
        }
        assert!(
            !meta.contains("unsafe-inline") && !meta.contains("http:") && !meta.contains('*'),
            "{meta}"
        );
    }

    #[test]
    fn a_digest_is_64_lower_case_digits() {
        let digest = hex_digest(b"abc");
        assert!(
            digest.starts_with("ba7816bf8f01cfea") && digest.ends_with("f20015ad"),
            "{digest}"
        );
        assert_eq!(digest.len(), 64);
    }

    #[test]
    fn a_hash_source_is_the_digest_in_base64() {
        // The digest of nothing, from FIPS 180-4's test vectors.
        assert_eq!(
            hash_source(""),
            "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
        );
    }

    #[test]
    fn text_that_html_reads_differently_is_refused() {
        assert_eq!(
            inline("script", " id=\"a\"", "1 < 2").unwrap(),
            "<script id=\"a\">1 < 2</script>"
        );
        for odd in ["\"</SCRIPT>\"", "\"<!--\"", "a\r\nb"] {
            assert!(inline("script", "", odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn json_cannot_end_its_script() {
        let json = json_for_script(&serde_json::json!({ "title": "</script>" }));
        assert_eq!(json, r#"{"title":"\u003c/script>"}"#);
    }
}
