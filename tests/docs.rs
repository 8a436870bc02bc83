//! The documents held to the code: commands, settings, exit statuses, metrics, bounds, paths.
//!
//! `docs/protocol.md` has a test of its own, beside the protocol. What no test can hold is the prose.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use engine::command::CommandName;
use gateway::config::{ConfigFault, ServeConfig};
use gateway::demo::DemoOptions;
use gateway::identity::IdentityError;
use gateway::metrics::{Collector, Counts};
use gateway::serve::ServeError;
use host::{Fatal, Ingress, LoopConfig, TickPlace};
use serde_json::Value;
use wal::{AppendFault, Evidence, LogError, ReplayStop, Waker};

const README: &str = include_str!("../README.md");
const ARCHITECTURE: &str = include_str!("../docs/architecture.md");
const GAMES: &str = include_str!("../docs/games.md");
const OPERATIONS: &str = include_str!("../docs/operations.md");
const PERFORMANCE: &str = include_str!("../docs/performance.md");
const ROADMAP: &str = include_str!("../docs/roadmap.md");

/// Each with its folder, from which its links lead.
const DOCUMENTS: [(&str, &str, &str); 6] = [
    ("README.md", "", README),
    ("docs/architecture.md", "docs", ARCHITECTURE),
    ("docs/games.md", "docs", GAMES),
    ("docs/operations.md", "docs", OPERATIONS),
    ("docs/performance.md", "docs", PERFORMANCE),
    ("docs/roadmap.md", "docs", ROADMAP),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// Cells of every table row of a document, header and rule aside.
fn rows(document: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = document.lines().filter(|line| line.starts_with("| ") && line.ends_with(" |"));
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
}

/// What stands between backticks, code blocks aside.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|prose| prose.lines()).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The one thing in a cell that is nothing else.
fn whole_quoted(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`').filter(|inner| !inner.contains('`'))
}

/// Lines of the shell in code blocks, those that go on put together.
fn commands(document: &str) -> Vec<String> {
    let blocks = document.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("sh\n"));
    let lines = blocks.map(|block| block.replace("\\\n", " ")).collect::<Vec<_>>().join("\n");
    let command = |line: &str| line.split(" #").next().unwrap_or_default().trim().to_owned();
    lines.lines().map(command).filter(|line| !line.is_empty()).collect()
}

/// The word after `flag`.
fn after<'a>(words: &[&'a str], flag: &str) -> Option<&'a str> {
    words.iter().position(|word| *word == flag).and_then(|place| words.get(place + 1)).copied()
}

/// Packages of the workspace, each with its targets as (kind, name).
fn packages() -> BTreeMap<String, BTreeSet<(String, String)>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let target = |target: &Value| (text(&target["kind"][0]), text(&target["name"]));
    let package = |package: &Value| {
        (text(&package["name"]), list(&package["targets"]).iter().map(target).collect::<BTreeSet<_>>())
    };
    list(&metadata["packages"]).iter().map(package).collect()
}

#[test]
fn the_readme_has_its_two_commands() {
    let commands = commands(README);
    assert_eq!(commands, ["cargo run --release --bin tote -- demo", "cargo test --workspace"]);
}

#[test]
fn commands_name_what_there_is() {
    let packages = packages();
    let has = |kind: &str, name: &str| {
        packages.values().any(|targets| targets.contains(&(kind.to_owned(), name.to_owned())))
    };
    let demo = DemoOptions::augment_args(clap::Command::new("demo"));
    let load = fs::read_to_string(root().join("loadgen/src/main.rs")).expect("the load generator");
    let mut seen = 0;
    let all = DOCUMENTS.iter().flat_map(|(_, _, document)| commands(document));
    for line in all.filter(|line| line.starts_with("cargo ")) {
        seen += 1;
        let (cargo, program) = line.split_once(" -- ").unwrap_or((&line, ""));
        let (cargo, program): (Vec<_>, Vec<_>) =
            (cargo.split_whitespace().collect(), program.split_whitespace().collect());
        let package = after(&cargo, "-p");
        assert!(package.is_none_or(|package| packages.contains_key(package)), "no such package: {line}");
        assert!(after(&cargo, "--bin").is_none_or(|name| has("bin", name)), "no such binary: {line}");
        assert!(after(&cargo, "--bench").is_none_or(|name| has("bench", name)), "no such benchmark: {line}");
        for flag in program.iter().filter_map(|word| word.strip_prefix("--")) {
            let is_there = match (package, program[0]) {
                (Some("loadgen"), _) => load.contains(&format!("\n    {}: ", flag.replace('-', "_"))),
                (_, "demo") => demo.get_arguments().any(|argument| argument.get_long() == Some(flag)),
                (_, "serve") => settings().iter().any(|setting| setting.flag == format!("--{flag}")),
                _ => false,
            };
            assert!(is_there, "no flag --{flag}: {line}");
        }
    }
    assert!(seen >= 8, "the commands are found: {seen}");
}

/// A flag of `tote serve`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    flag: String,
    environment: String,
    default: String,
}

/// As the code has them. A default that depends on the machine is told by the help, in brackets.
fn settings() -> BTreeSet<Setting> {
    let command = ServeConfig::augment_args(clap::Command::new("serve"));
    let told = |argument: &clap::Arg| {
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let (_, default) =
            help.rsplit_once("[default: ").expect("a flag without a default says what holds then");
        default.trim_end_matches(']').to_owned()
    };
    let text = |text: &std::ffi::OsStr| text.to_str().expect("a text").to_owned();
    let setting = |argument: &clap::Arg| Setting {
        flag: format!("--{}", argument.get_long().expect("every setting has a long flag")),
        environment: text(argument.get_env().expect("every setting has an environment variable")),
        default: argument.get_default_values().first().map_or_else(|| told(argument), |value| text(value)),
    };
    command.get_arguments().filter(|argument| argument.get_long() != Some("help")).map(setting).collect()
}

#[test]
fn every_setting_is_told_with_its_default() {
    let told: BTreeSet<Setting> = rows(OPERATIONS)
        .filter(|row| row.len() == 4 && row[0].starts_with("`--"))
        .map(|row| {
            let [flag, environment] = [0, 1].map(|cell| whole_quoted(row[cell]).expect("a name").to_owned());
            Setting { flag, environment, default: row[2].trim_matches('`').to_owned() }
        })
        .collect();
    assert_eq!(told, settings(), "docs/operations.md (left) tells the flags of `tote serve` (right)");
}

/// Variants of an enum, by its source.
fn variants(file: &str, name: &str) -> BTreeSet<String> {
    let source = fs::read_to_string(root().join(file)).expect("a source file");
    let (_, body) = source.split_once(&format!("pub enum {name} {{\n")).expect("the enum");
    let (body, _) = body.split_once("\n}\n").expect("its end");
    let is_variant = |line: &&str| line.starts_with("    ") && line.as_bytes()[4].is_ascii_uppercase();
    let word =
        |line: &str| line.trim().split(|letter: char| !letter.is_alphanumeric()).next().map(str::to_owned);
    body.lines().filter(|line| line.len() > 4).filter(is_variant).filter_map(word).collect()
}

/// The first word that an error's `Debug` prints: its variant.
fn variant(error: &dyn std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

fn log_errors() -> Vec<LogError> {
    let file = || "f".to_owned();
    let source = || io::Error::from_raw_os_error(5);
    let fault = wal::Fault::Short { written: 1, expected: 2 };
    vec![
        LogError::Option { option: "o", value: 0, right: "r" },
        LogError::Locked { file: file() },
        LogError::ClusterMissing,
        LogError::ClusterForeign { file: file(), offset: 0, found: 1, expected: 2 },
        LogError::FormatNewer { file: file(), offset: 0, found: 2, known: 1 },
        LogError::LogMissing { durable_to: 1 },
        LogError::SegmentMissing { file: file() },
        LogError::SegmentMisplaced { file: file(), holds: 2 },
        LogError::SegmentDoubled { file: file(), other: file(), sequence: 1 },
        LogError::SegmentSize { file: file(), found: 1, expected: 2 },
        LogError::SegmentHeader { file: file() },
        LogError::Damage { file: file(), offset: 0, tick: 1, evidence: Evidence::NotCutShort },
        LogError::Replay { tick: 1, source: ReplayStop::new("stop") },
        LogError::Disk { action: "a", file: file(), source: source() },
        LogError::Append(AppendFault { file: file(), offset: 0, tick: 1, fault }),
        LogError::Exhausted { tick: 1, source: source() },
    ]
}

fn fatals() -> Vec<Fatal> {
    vec![
        Fatal::DigestDiffers { tick: 1, recorded: 2, found: 3 },
        Fatal::ApplyVersion { tick: 1, found: 2, runs: 1 },
        Fatal::QuarantineMissed { name: CommandName { tick: 1, index: 0 }, recorded: 2 },
        Fatal::ApplyPanicked { tick: 1, place: TickPlace::DueWork, data: "d".into() },
        Fatal::Config { setting: "s", value: 0, right: "r" },
        Fatal::Thread(io::Error::from_raw_os_error(11)),
    ]
}

fn serve_errors() -> Vec<ServeError> {
    let source = || io::Error::from_raw_os_error(13);
    vec![
        ServeError::Config(ConfigFault { setting: "s", value: "0".into(), right: "1".into() }),
        ServeError::Identity(IdentityError::Random),
        ServeError::Directory { directory: "d".into(), source: source() },
        ServeError::Listen { address: "127.0.0.1:1".parse().expect("an address"), source: source() },
        ServeError::Tls(rustls::Error::HandshakeNotComplete),
        ServeError::System(source()),
    ]
}

#[test]
fn every_exit_status_is_told_with_its_reasons() {
    let mut reasons: BTreeMap<u8, BTreeSet<String>> = BTreeMap::new();
    let mut add = |status, reason: String| reasons.entry(status).or_default().insert(reason);
    let (logs, fatals, serves) = (log_errors(), fatals(), serve_errors());
    let named = |errors: Vec<String>, wrapped: &[&str]| {
        errors.into_iter().chain(wrapped.iter().map(|name| (*name).to_owned())).collect::<BTreeSet<_>>()
    };
    let debug = |error: &dyn std::fmt::Debug| variant(error);
    let of_log = named(logs.iter().map(|error| debug(error)).collect(), &[]);
    assert_eq!(of_log, variants("wal/src/error.rs", "LogError"), "each has an example here");
    let of_host = named(fatals.iter().map(|error| debug(error)).collect(), &["Log"]);
    assert_eq!(of_host, variants("engine/host/src/fatal.rs", "Fatal"), "each has an example here");
    let of_edge = named(serves.iter().map(|error| debug(error)).collect(), &["Fatal"]);
    assert_eq!(of_edge, variants("gateway/server/src/serve.rs", "ServeError"), "each has an example here");
    for error in serves {
        add(error.exit_status(), variant(&error));
    }
    for error in fatals {
        let name = variant(&error);
        add(ServeError::Fatal(error).exit_status(), name);
    }
    for error in logs {
        let name = variant(&error);
        add(ServeError::Fatal(Fatal::Log(error)).exit_status(), name);
    }
    let table = rows(OPERATIONS).filter(|row| row.len() == 3).filter_map(|row| {
        let names: BTreeSet<String> = quoted(row[1]).map(str::to_owned).collect();
        Some((row[0].parse::<u8>().ok()?, names))
    });
    // An orderly end, clap's own and an abort come from no error of ours, and name none.
    let told: BTreeMap<u8, BTreeSet<String>> = table.filter(|(_, names)| !names.is_empty()).collect();
    assert_eq!(told, reasons, "docs/operations.md (left) tells the exit statuses (right)");
}

#[test]
fn every_metric_is_told_with_its_type() {
    let ingress = Ingress::new(&LoopConfig::default(), Waker::new(|| {}));
    let page = Collector::default().render(Some(&ingress), &Counts::default());
    let pair = |text: &str| text.split_once(' ').map(|(name, kind)| (name.to_owned(), kind.to_owned()));
    let shown: BTreeMap<String, String> =
        page.lines().filter_map(|line| pair(line.strip_prefix("# TYPE ")?)).collect();
    let metric = |row: Vec<&str>| {
        Some((whole_quoted(row[0]).filter(|name| name.starts_with("tote_"))?.to_owned(), row[1].to_owned()))
    };
    let told: BTreeMap<String, String> = rows(OPERATIONS).filter_map(metric).collect();
    assert!(shown.len() > 20, "{page}");
    assert_eq!(told, shown, "docs/operations.md (left) tells what the metrics page shows (right)");
}

#[test]
fn bounds_are_those_of_the_code() {
    let bounds: [(&str, u64); 14] = [
        ("TICKET_BETS_MAX", engine::command::TICKET_BETS_MAX as u64),
        ("COMMAND_BYTES_MAX", engine::command::COMMAND_BYTES_MAX as u64),
        ("AMOUNT_MAX", engine::command::AMOUNT_MAX as u64),
        ("BALANCE_MAX", engine::command::BALANCE_MAX as u64),
        ("NO_LIMIT", engine::command::NO_LIMIT as u64),
        ("PRIZE_RATIO_MAX", engine::command::PRIZE_RATIO_MAX),
        ("GAME_NUMBERS_MAX", engine::GAME_NUMBERS_MAX.into()),
        ("GAME_PLAYS_MAX", engine::command::GAME_PLAYS_MAX as u64),
        ("GAMES_MAX", engine::GAMES_MAX as u64),
        ("FRAME_BYTES_MAX", protocol::frame::FRAME_BYTES_MAX as u64),
        ("FRAME_COMMANDS_MAX", protocol::frame::FRAME_COMMANDS_MAX as u64),
        ("TOKEN_BYTES_MAX", protocol::handshake::TOKEN_BYTES_MAX as u64),
        ("STREAMS_MAX", client::transport::STREAMS_MAX.into()),
        ("FRAMES_IN_FLIGHT_LIMIT", wal::FRAMES_IN_FLIGHT_LIMIT as u64),
    ];
    let (_, section) = ARCHITECTURE.split_once("\n## Bounds\n").expect("the bounds");
    let told: Vec<(&str, u64)> = rows(section)
        .filter_map(|row| Some((whole_quoted(row[0])?, row[1].replace(',', "").parse().ok()?)))
        .collect();
    assert_eq!(told, bounds, "docs/architecture.md (left) tells the bounds (right)");
}

/// Whether this could be a path of the repository: a folder of it and something below, or a file of its top.
fn is_path(text: &str) -> bool {
    let is_plain = text.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
    let first = text.split('/').next().unwrap_or_default();
    let is_ours =
        ["engine", "wal", "gateway", "loadgen", "tests", "benches", "docs", ".ci", ".cargo"].contains(&first);
    let is_file = [".rs", ".md", ".toml"].iter().any(|end| text.ends_with(end));
    is_plain && ((is_ours && text.contains('/')) || is_file)
}

#[test]
fn paths_and_links_lead_somewhere() {
    let (mut found, mut missing) = (0, Vec::new());
    for (name, folder, document) in DOCUMENTS {
        for path in quoted(document).filter(|text| is_path(text)) {
            found += 1;
            if !root().join(path).exists() {
                missing.push(format!("{name}: `{path}`"));
            }
        }
        for link in document.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            found += 1;
            let (path, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { root().join(name) } else { root().join(folder).join(path) };
            let is_there = fs::read_to_string(&target).is_ok_and(|text| {
                place.is_empty() || text.lines().filter_map(anchor).any(|anchor| anchor == place)
            });
            if !is_there {
                missing.push(format!("{name}: ({link})"));
            }
        }
    }
    assert!(found > 60, "paths and links are found: {found}");
    assert_eq!(missing, [""; 0]);
}

/// What a heading is linked by.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').trim().to_lowercase();
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || " -".contains(*letter));
    Some(kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect())
}

#[test]
fn the_readme_maps_every_folder() {
    let mapped: BTreeSet<&str> = rows(README).filter_map(|row| whole_quoted(row[0])).collect();
    let is_unmapped = |package: &PathBuf| !mapped.iter().any(|folder| Path::new(folder) == package);
    let unmapped: Vec<PathBuf> = folders().into_iter().filter(is_unmapped).collect();
    assert!(unmapped.is_empty(), "folders with a package that README.md does not map: {unmapped:?}");
    assert!(mapped.iter().all(|folder| root().join(folder).is_dir()), "{mapped:?}");
}

/// Folders of the workspace's members.
fn folders() -> Vec<PathBuf> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let (_, members) = manifest.split_once("members = [").expect("its members");
    let (members, _) = members.split_once(']').expect("their end");
    members.split('"').skip(1).step_by(2).map(PathBuf::from).collect()
}

#[test]
fn nothing_points_outside_the_repository() {
    let outside = [["..", "/shared"].concat(), ["/wo", "rk/"].concat()];
    let (mut read, mut wrong) = (0, Vec::new());
    let mut folders = vec![root().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                let is_ours = !["target", ".git", "tote-data"].contains(&name.as_str());
                folders.extend(is_ours.then_some(path));
                continue;
            }
            // A file that is no text tells nobody anything.
            let Ok(text) = fs::read_to_string(&path) else { continue };
            read += 1;
            wrong.extend(outside.iter().filter(|words| text.contains(*words)).map(|_| path.clone()));
        }
    }
    assert!(read > 150, "the files are found: {read}");
    assert!(wrong.is_empty(), "files that name what is not in the repository: {wrong:?}");
}
