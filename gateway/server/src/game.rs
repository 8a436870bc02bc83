//! `tote game`: tables of games checked, listed and shown, without a node.
//!
//! Deliberately absent: sending a table anywhere; an operator's client does that.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use client::game_file::{
    GameFile, GameFileError, amount_text, level_names, matching_name, positions_text, shipped,
};
use protocol::command::{LINES_BY_ORDERS, Matching, PlayTable};

/// Exit status of a table with a fault, or a name that no table has.
const WRONG: u8 = 64;
/// Exit status of a file that cannot be read.
const UNREADABLE: u8 = 66;

/// Checks and shows tables of games.
#[derive(Args, Clone, Debug)]
pub struct GameOptions {
    #[command(subcommand)]
    command: GameCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum GameCommand {
    /// Reads a table and prints what it says, or its first fault and where it stands.
    Check {
        /// The table, in TOML.
        file: PathBuf,
    },
    /// Lists the tables that come with this program.
    List,
    /// Prints one of them, to copy and change.
    Show {
        /// Its name, as the list has it.
        name: String,
    },
}

/// Does what is asked; the exit status is 0, 64 for a fault in the table, or 66 if it cannot be read.
pub fn run(options: &GameOptions) -> ExitCode {
    match &options.command {
        GameCommand::Check { file } => check(file),
        GameCommand::List => {
            let line = |(name, text): &(&str, &str)| {
                let title = GameFile::parse(text)
                    .map_or_else(|error| error.to_string(), |game| game.name().to_owned());
                format!("{name:<14} {title}\n")
            };
            print(&shipped::SHIPPED.iter().map(line).collect::<String>())
        }
        GameCommand::Show { name } => match shipped::file(name) {
            Some(text) => print(text),
            None => {
                let names: Vec<&str> = shipped::SHIPPED.iter().map(|(name, _)| *name).collect();
                eprintln!("no table is named {name:?}; there are {}", names.join(", "));
                ExitCode::from(WRONG)
            }
        },
    }
}

fn check(file: &Path) -> ExitCode {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{}: {error}", file.display());
            return ExitCode::from(UNREADABLE);
        }
    };
    match GameFile::parse(&text) {
        Ok(game) => print(&readable(&game)),
        Err(error) => {
            eprint!("{}", pointed(&file.display().to_string(), &text, &error));
            ExitCode::from(WRONG)
        }
    }
}

/// Whoever closes standard output early has seen enough.
fn print(text: &str) -> ExitCode {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// A fault with its line, and carets below what is wrong.
fn pointed(file: &str, text: &str, error: &GameFileError) -> String {
    let line = text.lines().nth(error.line - 1).unwrap_or_default();
    let number = error.line.to_string();
    // Tabs stay tabs, so that the carets stand below what they point at.
    let before = line.chars().take(error.column - 1);
    let indent: String = before.map(|letter| if letter == '\t' { '\t' } else { ' ' }).collect();
    let margin = " ".repeat(number.len());
    let carets = "^".repeat(error.width);
    format!(
        "{file}:{number}:{}: {}\n{margin} |\n{number} | {line}\n{margin} | {indent}{carets}\n",
        error.column, error.fault
    )
}

/// What a table says, for people.
fn readable(game: &GameFile) -> String {
    let (define, decimals) = (game.define(), game.decimals());
    let amount = |minor: i64| amount_text(minor, decimals);
    let last = u16::from(game.first_symbol()) + u16::from(define.symbols) - 1;
    let rounding = ["down", "up", "half up"].get(usize::from(define.rounding) - 1).copied().unwrap_or("?");
    let tiers = game.tier_names().iter().zip(1..).map(|(name, tier)| {
        let count = define.tier.iter().filter(|other| **other == tier).count();
        if count == 1 { name.clone() } else { format!("{count} {name}") }
    });
    let tiers = tiers.collect::<Vec<_>>().join(", ");
    let mut out = format!(
        "{}: game {}, version {}\n\
         numbers   {} of symbols {} to {last}, {} numbers in all\n\
         results   {tiers}\n\
         stakes    {} to {} a line\n\
         rounding  {rounding} to {}\n",
        game.name(),
        game.game(),
        define.version,
        define.length,
        game.first_symbol(),
        u32::from(define.symbols).pow(define.length.into()),
        amount(define.stake_min.get()),
        amount(define.stake_max.get()),
        amount(define.rounding_unit.get()),
    );
    if define.tax_ppm.get() > 0 {
        let percent = amount_text(define.tax_ppm.get().into(), 4);
        let _ = writeln!(
            out,
            "tax       {percent} % of all that a bet wins, if above {}",
            amount(define.tax_over.get())
        );
    }
    for (table, name) in game.plays().iter().zip(game.play_names()) {
        play(&mut out, game, table, name);
    }
    out
}

fn play(out: &mut String, game: &GameFile, table: &PlayTable, name: &str) {
    let (head, length) = (&table.play, game.define().length);
    let Some(matching) = Matching::from_code(head.matching) else { return };
    let positions = match matching {
        Matching::Positional => format!(" {}", positions_text(head.positions, length)),
        _ => String::new(),
    };
    let lines = match head.lines {
        0 | 1 => "1 line".to_owned(),
        LINES_BY_ORDERS => "a line for each order".to_owned(),
        lines => format!("{lines} lines"),
    };
    let _ = writeln!(
        out,
        "\nplay {} {name}: {}{positions}, {lines}, group {}",
        head.code,
        matching_name(matching),
        head.group
    );
    let levels = level_names(matching, length);
    for prize in &table.prizes {
        let by_orders = match matching {
            Matching::AnyOrder | Matching::ExactOrAny => format!("{:>2} orders  ", prize.orders),
            _ => String::new(),
        };
        let tier = game.tier_names().get(usize::from(prize.tier) - 1).map_or("?", String::as_str);
        let level = levels.get(usize::from(prize.level) - 1).copied().unwrap_or_default();
        let ratio = match prize.denominator.get() {
            1 => prize.numerator.to_string(),
            denominator => format!("{}/{denominator}", prize.numerator),
        };
        let _ = writeln!(out, "  {by_orders}{tier:<12} {level:<6} {ratio:>8} times the stake");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_pointed_at() {
        let text = shipped::file("pcso_3d").expect("a table").replacen("length = 3", "length = 9", 1);
        let error = GameFile::parse(&text).expect_err("too long");
        let shown = pointed("g.toml", &text, &error);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].ends_with(": length is 9; it must be 1 to 4"), "{shown}");
        assert!(lines[2].ends_with("| length = 9") && lines[3].ends_with("|          ^"), "{shown}");
    }

    #[test]
    fn a_table_is_shown_with_its_words() {
        let show = |name| readable(&GameFile::parse(shipped::file(name).expect("a table")).expect("sound"));
        let shown = show("pcso_4d");
        assert!(shown.contains("play 1 match: trailing, 1 line, group 0\n"), "{shown}");
        assert!(shown.contains("  first        last3        80 times the stake\n"), "{shown}");
        let shown = show("pick_3");
        assert!(shown.contains("play 4 combo: any-order, a line for each order, group 3\n"), "{shown}");
        assert!(shown.contains("   3 orders  first                  500/3 times the stake\n"), "{shown}");
        assert!(show("pcso_2d").contains("2 of symbols 1 to 31, 961 numbers in all"));
    }
}
