//! Small files, small functions: about 600 lines a file and 70 a function. What is longer stands in
//! `style_exceptions.txt` with its reason, and leaves it when it gets shorter.
//!
//! A function is counted from its `fn` line to the closing brace of the same indentation, as rustfmt lays it out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;

#[test]
fn files_and_functions_are_short_or_listed_with_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut files = Vec::new();
    sources(root, &mut files);
    assert!(files.len() > 20, "the sources are found: {files:?}");
    let mut long = BTreeSet::new();
    for file in files {
        let name = file.strip_prefix(root).expect("a file of the workspace").display().to_string();
        let text = fs::read_to_string(&file).expect("a source file");
        if text.lines().count() > FILE_LINES_MAX {
            long.insert(name.clone());
        }
        long.extend(long_functions(&text).into_iter().map(|function| format!("{name}::{function}")));
    }
    let exceptions = include_str!("style_exceptions.txt").lines().filter(|line| !line.starts_with('#'));
    let mut listed = BTreeSet::new();
    for exception in exceptions.filter(|line| !line.trim().is_empty()) {
        let (what, reason) = exception.split_once(' ').unwrap_or((exception, ""));
        assert!(reason.trim().len() > 10, "an exception has a reason: {exception}");
        listed.insert(what.to_owned());
    }
    assert_eq!(long, listed, "long files and functions (left) are those listed with a reason (right)");
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn long_functions(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut long = Vec::new();
    for (from, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closes = |line: &&str| line.len() > indent && &line[indent..] == "}" && line.trim() == "}";
        let body = lines[from..].iter().position(closes).map_or(0, |length| length + 1);
        // One that ends on its own line, or a signature without a body, has no brace of its own to find.
        let is_short = line.ends_with('}') || line.ends_with(';');
        if !is_short && body > FUNCTION_LINES_MAX {
            long.push(name.to_owned());
        }
    }
    long
}

fn function_name(line: &str) -> Option<&str> {
    let words = line.trim_start();
    if words.starts_with("//") {
        return None;
    }
    let (before, after) = words.split_once("fn ")?;
    let is_prefix = before.split_whitespace().all(|word| {
        ["pub", "const", "unsafe", "async", "extern", "\"C\""].contains(&word)
            || word.starts_with("pub(")
            || word.ends_with(')')
    });
    let name = after.split(['(', '<']).next()?;
    (is_prefix && !name.is_empty()).then_some(name)
}

#[test]
fn a_long_function_is_seen() {
    let body = "    let x = 1;\n".repeat(FUNCTION_LINES_MAX - 1);
    let text = format!("pub(crate) fn long() {{\n{body}}}\n\nfn short() {{}}\n\nfn fits() {{\n}}\n");
    assert_eq!(long_functions(&text), ["long"]);
    let body = "    let x = 1;\n".repeat(FUNCTION_LINES_MAX - 2);
    assert_eq!(long_functions(&format!("async fn fits() {{\n{body}}}\n")), [""; 0]);
}
