//! Puts a module's functions in an order in which it packs well.
//!
//! Gzip finds again what it has seen in the last 32 kB. A module of Rust has thousands of functions that are much alike
//! (instances of one generic function, glue of closures), and a compiler leaves them far apart. Here each function is
//! followed by the one whose code was seen most in the window before it, as far as runs of a few bytes tell.

use crate::sizes;
use anyhow::Context as _;
use std::collections::VecDeque;
use std::ops::Range;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// How far gzip looks back, in bytes.
const WINDOW_BYTES: usize = 32 << 10;

/// How long the runs of bytes are by which functions are compared.
const RUN_BYTES: usize = 6;

/// Runs that are in more functions than that are near everywhere.
const COMMON: usize = 400;

/// How functions are compared.
#[derive(Clone, Copy)]
struct Comparing {
    /// What a function's own beginning and end weigh against the part of it that was seen, in runs: so that of two that
    /// were seen whole the longer comes first.
    own_runs: f32,
    /// A run weighs what one over the number of functions that have it is to this power: the rarer ones tell more.
    rarity: f32,
}

/// All are tried, for which is best is chance: they differ by some kilobytes, another way for each module.
const WAYS: [Comparing; 6] = {
    const fn way(own_runs: f32, rarity: f32) -> Comparing {
        Comparing { own_runs, rarity }
    }
    [
        way(4.0, 0.0),
        way(16.0, 0.0),
        way(40.0, 0.0),
        way(4.0, 0.1),
        way(4.0, 0.25),
        way(10.0, 0.25),
    ]
};

/// What a run weighs that one function has: weights are whole numbers, so that what is added can be taken away again.
const WEIGHT: f32 = 1000.0;

/// The module with its functions in the order in which it packs best.
pub(crate) fn packed_well(wasm: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (imported, bodies) = functions_of(wasm)?;
    let bodies: Vec<&[u8]> = bodies.into_iter().map(|range| &wasm[range]).collect();
    let shared = shared_runs(&bodies);
    let mut best: Option<(usize, Vec<u8>)> = None;
    for way in WAYS {
        let module = reordered(wasm, imported, order_of(&bodies, &shared, way))?;
        let size = sizes::gzip(&module)?.len();
        if best.as_ref().is_none_or(|(least, _)| size < *least) {
            best = Some((size, module));
        }
    }
    best.map(|(_, module)| module)
        .context("there is no way to order the module")
}

/// The module with its own functions in this order.
fn reordered(wasm: &[u8], imported: u32, order: Vec<usize>) -> anyhow::Result<Vec<u8>> {
    let mut places = vec![0; order.len()];
    for (place, function) in order.iter().enumerate() {
        places[*function] = imported + u32::try_from(place)?;
    }
    let mut module = Module::new();
    let mut mover = Mover {
        imported,
        order,
        places,
    };
    mover
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .context("could not write the module in another order")?;
    Ok(module.finish())
}

/// How many functions are imported, and where the bodies of the others lie.
fn functions_of(wasm: &[u8]) -> anyhow::Result<(u32, Vec<Range<usize>>)> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("could not read the module")? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range()),
            _ => {}
        }
    }
    Ok((imported, bodies))
}

/// Writes a module anew with its functions in an order.
struct Mover {
    imported: u32,
    /// Functions of the module's own, in their new order.
    order: Vec<usize>,
    /// The new number of each.
    places: Vec<u32>,
}

impl Reencode for Mover {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<Self::Error>> {
        let own = function.checked_sub(self.imported);
        Ok(own.map_or(function, |own| self.places[own as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            functions.function(self.type_index(types[function])?);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }
}

/// The order in which these pack well, the first first.
fn order_of(bodies: &[&[u8]], shared: &Shared, way: Comparing) -> Vec<usize> {
    let Shared { runs, functions } = shared;
    let weight_of = |functions: &Vec<usize>| WEIGHT / (functions.len() as f32).powf(way.rarity);
    let weights: Vec<i32> = functions.iter().map(|all| weight_of(all) as i32).collect();
    let whole_of = |runs: &Vec<usize>| runs.iter().map(|run| weights[*run]).sum::<i32>() as f32;
    let wholes: Vec<f32> = runs
        .iter()
        .map(|runs| whole_of(runs) + way.own_runs * WEIGHT)
        .collect();
    let mut window = VecDeque::new();
    let mut window_bytes = 0;
    // How often each run is in the window, and what the runs of each function weigh that are.
    let mut seen = vec![0_u32; functions.len()];
    let mut seen_of = vec![0_i32; bodies.len()];
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    while !left.is_empty() {
        let share = |function: usize| seen_of[function] as f32 / wholes[function];
        let mut best = 0;
        for at in 1..left.len() {
            if share(left[at]) > share(left[best]) {
                best = at;
            }
        }
        let next = left.remove(best);
        order.push(next);
        for run in &runs[next] {
            seen[*run] += 1;
            if seen[*run] == 1 {
                functions[*run]
                    .iter()
                    .for_each(|function| seen_of[*function] += weights[*run]);
            }
        }
        window.push_back(next);
        window_bytes += bodies[next].len();
        while window_bytes > WINDOW_BYTES && window.len() > 1 {
            let Some(gone) = window.pop_front() else {
                break;
            };
            window_bytes -= bodies[gone].len();
            for run in &runs[gone] {
                seen[*run] -= 1;
                if seen[*run] == 0 {
                    functions[*run]
                        .iter()
                        .for_each(|function| seen_of[*function] -= weights[*run]);
                }
            }
        }
    }
    order
}

/// Runs of bytes that several functions have.
struct Shared {
    /// The runs of each function, as places in `functions`.
    runs: Vec<Vec<usize>>,
    /// The functions that have each run.
    functions: Vec<Vec<usize>>,
}

fn shared_runs(bodies: &[&[u8]]) -> Shared {
    let mut all: Vec<([u8; RUN_BYTES], usize)> = Vec::new();
    for (function, body) in bodies.iter().enumerate() {
        let runs = body.array_windows::<RUN_BYTES>();
        all.extend(runs.map(|run| (*run, function)));
    }
    all.sort_unstable();
    all.dedup();
    let mut shared = Shared {
        runs: vec![Vec::new(); bodies.len()],
        functions: Vec::new(),
    };
    for same in all.chunk_by(|(a, _), (b, _)| a == b) {
        if (2..=COMMON).contains(&same.len()) {
            for (_, function) in same {
                shared.runs[*function].push(shared.functions.len());
            }
            let functions = same.iter().map(|(_, function)| *function);
            shared.functions.push(functions.collect());
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::{WAYS, functions_of, order_of, packed_well, shared_runs};
    use wasm_encoder::{
        CodeSection, ExportKind, ExportSection, Function, FunctionSection, Instruction, Module,
        TypeSection, ValType,
    };

    #[test]
    fn what_is_alike_comes_together() {
        let a: Vec<u8> = (0..200).collect();
        let b: Vec<u8> = (0..200).rev().collect();
        let mut a_again = a.clone();
        a_again[100] = 0;
        let mut b_again = b.clone();
        b_again[100] = 0;
        let order = |bodies: &[&[u8]], way| order_of(bodies, &shared_runs(bodies), way);
        for way in WAYS {
            assert_eq!(order(&[&a, &b, &a_again, &b_again], way), [0, 2, 1, 3]);
            assert_eq!(order(&[], way), [0; 0]);
        }
    }

    /// A module of functions that give constants; the last calls the first, and is exported.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I64]);
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        let numbers = [0x1122_3344_5566_i64, -9, 0x1122_3344_5577, -10];
        for (at, number) in numbers.into_iter().enumerate() {
            functions.function(0);
            let mut function = Function::new([]);
            for _ in 0..20 {
                function.instruction(&Instruction::I64Const(number));
                function.instruction(&Instruction::Drop);
            }
            if at == 3 {
                function.instruction(&Instruction::Call(0));
            } else {
                function.instruction(&Instruction::I64Const(number));
            }
            function.instruction(&Instruction::End);
            code.function(&function);
        }
        let mut exports = ExportSection::new();
        exports.export("last", ExportKind::Func, 3);
        let mut module = Module::new();
        module.section(&types);
        module.section(&functions);
        module.section(&exports);
        module.section(&code);
        module.finish()
    }

    #[test]
    fn calls_and_exports_go_with_what_they_name() {
        let before = module();
        let after = packed_well(&before).unwrap();
        assert_ne!(after, before);
        wasmparser::Validator::new().validate_all(&after).unwrap();
        let bodies = |wasm: &[u8]| {
            let (imported, bodies) = functions_of(wasm).unwrap();
            assert_eq!(imported, 0);
            let mut bodies: Vec<usize> = bodies.into_iter().map(|body| body.len()).collect();
            bodies.sort_unstable();
            bodies
        };
        assert_eq!(bodies(&after), bodies(&before));
        let exported =
            wasmparser::Parser::new(0)
                .parse_all(&after)
                .find_map(|payload| match payload.unwrap() {
                    wasmparser::Payload::ExportSection(section) => section
                        .into_iter()
                        .next()
                        .map(|export| export.unwrap().index),
                    _ => None,
                });
        let exported = exported.unwrap() as usize;
        let (_, ranges) = functions_of(&after).unwrap();
        // It alone ends with a call, of the function that is first in both.
        assert!(after[ranges[exported].clone()].ends_with(&[0x10, 0, 0x0b]));
    }
}
