//! Style sheets and scripts without what only people read: comments and indentation, a fifth of their weight.

use anyhow::bail;

/// A style sheet without comments and line breaks.
pub(crate) fn style(sheet: &str) -> String {
    let mut out = String::new();
    let mut rest = sheet;
    while let Some(from) = rest.find("/*") {
        out.push_str(&rest[..from]);
        rest = rest[from..]
            .find("*/")
            .map_or("", |end| &rest[from + end + 2..]);
    }
    out.push_str(rest);
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    let joined = lines.collect::<Vec<_>>().join(" ");
    // Spaces inside strings stand beside none of these.
    joined
        .replace(" { ", "{")
        .replace("; }", "}")
        .replace(" }", "}")
        .replace("; ", ";")
        .replace(": ", ":")
        .replace("} ", "}")
}

/// A script without lines of comments and indentation. Refuses text over several lines, in which these may matter.
pub(crate) fn script(source: &str) -> anyhow::Result<String> {
    let mut out = String::new();
    let mut is_comment = false;
    for (number, line) in source.lines().enumerate() {
        let line = line.trim();
        if is_comment || line.starts_with("/*") {
            is_comment = !line.contains("*/");
            if !is_comment && !line.ends_with("*/") {
                bail!("line {}: a comment ends before code", number + 1);
            }
            continue;
        }
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        if line.matches('`').count() % 2 == 1 {
            bail!("line {}: a text over several lines", number + 1);
        }
        out.push_str(line);
        out.push('\n');
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{script, style};

    #[test]
    fn what_people_read_goes_and_all_else_stays() {
        let sheet = "/* a { b } */\n.a > b { color: red; width: calc(1px + 2px); }\n@media (x) {\n  .c::after { content: \" · \"; }\n}\n";
        assert_eq!(
            style(sheet),
            ".a > b{color:red;width:calc(1px + 2px)}@media (x){.c::after{content:\" · \"}}"
        );
        let source = "// a\n/**\n * b\n */\nconst c = `d ${e} f`; // g\n\n  h(\n    \"// i\");\n";
        assert_eq!(
            script(source).unwrap(),
            "const c = `d ${e} f`; // g\nh(\n\"// i\");\n"
        );
        assert!(script("const a = `b\nc`;").is_err());
        assert!(script("/* a */ b();").is_err());
    }
}
