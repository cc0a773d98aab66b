//! Short names between the module and its glue.
//!
//! What the module imports is called by wasm-bindgen with sixteen digits of a hash each, which nothing packs, once in the
//! module and once in the glue: 11 kB of both. And what `wasm-streams` exports, which leptos brings along and the page never
//! calls, holds code fast that nobody needs.

use std::collections::HashMap;
use walrus::Module;

/// How the exports of `wasm-streams` begin.
const NEVER_CALLED: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// Gives imports, and exports that have a mangled name, short ones, takes away what is never called, and returns the glue that
/// goes with it.
pub(crate) fn shorten(module: &mut Module, glue: &str) -> String {
    let mut short = HashMap::new();
    for import in module.imports.iter_mut() {
        // Only names that wasm-bindgen made: they are nothing else in the glue.
        if import.name.starts_with("__wb") {
            let next = format!("i{}", short.len());
            let name = short.entry(import.name.clone()).or_insert(next);
            import.name.clone_from(name);
        }
    }
    let exports = module.exports.iter();
    let gone = exports.filter(|export| {
        NEVER_CALLED
            .iter()
            .any(|begin| export.name.starts_with(begin))
    });
    let gone: Vec<_> = gone.map(walrus::Export::id).collect();
    gone.into_iter().for_each(|id| module.exports.delete(id));
    for export in module.exports.iter_mut() {
        if export.name.starts_with("_ZN") {
            let next = format!("e{}", short.len());
            let name = short.entry(export.name.clone()).or_insert(next);
            export.name.clone_from(name);
        }
    }
    renamed(glue, &short)
}

/// A script with other names for some of its identifiers.
fn renamed(script: &str, names: &HashMap<String, String>) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(begin) = rest.find(is_part) {
        let (before, from) = rest.split_at(begin);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{renamed, shorten};
    use std::collections::HashMap;
    use walrus::{FunctionBuilder, Module, ValType};

    #[test]
    fn whole_words_are_renamed_and_nothing_else() {
        let names = HashMap::from([("__wbg_a".to_owned(), "i0".to_owned())]);
        let script = "({__wbg_a: 1, __wbg_ab: x.__wbg_a, '__wbg_a'})";
        assert_eq!(renamed(script, &names), "({i0: 1, __wbg_ab: x.i0, 'i0'})");
    }

    #[test]
    fn module_and_glue_have_the_same_names_and_only_what_is_called() {
        let mut module = Module::default();
        let kind = module.types.add(&[], &[]);
        for name in ["__wbg_now_0123456789abcdef", "memory_of_ours"] {
            module.add_import_func("./runsift_bg.js", name, kind);
        }
        let function = FunctionBuilder::new(&mut module.types, &[] as &[ValType], &[]);
        let function = function.finish(Vec::new(), &mut module.funcs);
        for name in [
            "boot_page",
            "_ZN6invoke17h0123456789abcdefE",
            "intounderlyingsource_pull",
        ] {
            module.exports.add(name, function);
        }
        let glue = "{__wbg_now_0123456789abcdef: f, memory_of_ours: g}; wasm._ZN6invoke17h0123456789abcdefE();";
        let glue = shorten(&mut module, glue);
        assert_eq!(glue, "{i0: f, memory_of_ours: g}; wasm.e1();");
        let imports: Vec<&str> = module.imports.iter().map(|of| of.name.as_str()).collect();
        assert_eq!(imports, ["i0", "memory_of_ours"]);
        let exports: Vec<&str> = module.exports.iter().map(|of| of.name.as_str()).collect();
        assert_eq!(exports, ["boot_page", "e1"]);
    }
}
