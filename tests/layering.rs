//! Who may import whom: the crates of the workspace held to an allow-list, as `cargo metadata` tells it.
//!
//! A crate that does not exist yet breaks nothing; one that is not in the list, or that imports more than the list
//! allows, does. Tests and benchmarks may import anything, and nothing imports them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Package, and those of ours that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("engine", &[]),
    ("host", &["engine", "wal", "snapshots"]),
    ("wal", &[]),
    ("snapshots", &["engine"]),
    ("protocol", &["engine"]),
    ("client", &["protocol"]),
    ("gateway", &["host", "engine", "protocol", "snapshots", "wal", "client", "loadgen"]),
    ("loadgen", &["client", "protocol"]),
];

/// These may import anything, and nothing imports them.
const OUTSIDE: &[&str] = &["tests", "benches"];

/// Where async is allowed to be.
const MAY_IMPORT_TOKIO: &[&str] = &["gateway", "client", "loadgen"];

/// Every package of the workspace with what it imports; tests of a package may use more than it does.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    let import = |dependency: &&Value| dependency["kind"] != "dev";
    let imports = |package: &Value| {
        package["dependencies"].as_array().expect("dependencies").iter().filter(import).map(name).collect()
    };
    packages.iter().map(|package| (name(package), imports(package))).collect()
}

#[test]
fn crates_import_only_what_the_architecture_allows() {
    let imports = imports();
    assert!(
        imports.contains_key("engine") && imports.contains_key("tests"),
        "the workspace is read: {imports:?}"
    );
    let ours: BTreeSet<&str> = imports.keys().map(String::as_str).collect();
    let mut wrong = Vec::new();
    for (package, imported) in &imports {
        if OUTSIDE.contains(&package.as_str()) {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| name == package) else {
            wrong.push(format!("{package} is not in the list"));
            continue;
        };
        for other in imported.iter().filter(|other| ours.contains(other.as_str())) {
            if !allowed.contains(&other.as_str()) {
                wrong.push(format!("{package} imports {other}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn async_stays_at_the_edge() {
    let imports = imports();
    let tokio: Vec<&str> = imports
        .iter()
        .filter(|(package, imported)| {
            let runtime = imported.contains("tokio") || imported.contains("quinn");
            runtime && !OUTSIDE.contains(&package.as_str()) && !MAY_IMPORT_TOKIO.contains(&package.as_str())
        })
        .map(|(package, _)| package.as_str())
        .collect();
    assert_eq!(tokio, [""; 0], "crates that import an async runtime");
}

#[test]
fn the_model_has_none_of_the_engines_code() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![root.join("model.rs")];
    files.extend(
        std::fs::read_dir(root.join("model")).expect("the model").map(|entry| entry.expect("a file").path()),
    );
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        assert!(!text.contains("engine::"), "{} names the engine", file.display());
    }
}
