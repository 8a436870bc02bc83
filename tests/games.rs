//! Game tables as files: those that ship are the published ones, and every example of `docs/games.md` can be read.

use client::game_file::{GameFile, shipped};
use tests::games::published;

const GAMES: &str = include_str!("../docs/games.md");

/// A shipped file, and the tables that it must be the same as.
const SAME: [(&str, &[&str]); 7] = [
    ("malaysia_4d", &["my.4d"]),
    ("pcso_2d", &["pcso.2d"]),
    ("pcso_3d", &["pcso.3d"]),
    ("pcso_4d", &["pcso.4d"]),
    ("pick_3", &["md.pick3", "pa.pick3"]),
    ("pick_4", &["la.pick4"]),
    ("singapore_4d", &["sg.4d"]),
];

fn read(name: &str, text: &str) -> GameFile {
    GameFile::parse(text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
}

#[test]
fn shipped_files_are_the_published_tables() {
    assert_eq!(SAME.map(|(file, _)| file), shipped::SHIPPED.map(|(file, _)| file));
    for ((name, text), (_, products)) in shipped::SHIPPED.iter().zip(SAME) {
        let file = read(name, text);
        for product in products {
            let named = published(product).expect("a published table");
            let (table, define) = (named.table, file.define());
            let amounts = [define.stake_min, define.stake_max, define.rounding_unit, define.tax_over]
                .map(|amount| amount.get());
            assert_eq!(
                amounts,
                [table.stake_min, table.stake_max, table.rounding_unit, table.tax_over],
                "{name}"
            );
            assert_eq!((define.symbols, define.length), (table.symbols, table.length), "{name}");
            assert_eq!((define.results, define.tier), (table.results, table.tiers), "{name}");
            assert_eq!((define.rounding, define.tax_ppm.get()), (table.rounding, table.tax_ppm), "{name}");
            assert_eq!(file.play_names(), named.plays, "{name}");
            for (play, other) in file.plays().iter().zip(&table.plays) {
                let head = (play.play.code, play.play.matching, play.play.positions, play.play.group);
                assert_eq!(head, (other.code, other.matching, other.positions, other.group), "{name}");
                // No lines and one are the same.
                assert_eq!(play.play.lines, other.lines.max(1), "{name}");
                let cells = play.prizes.iter().map(|prize| {
                    (
                        prize.orders.get(),
                        prize.tier,
                        prize.level,
                        prize.numerator.get(),
                        prize.denominator.get(),
                    )
                });
                let others = other
                    .cells
                    .iter()
                    .map(|cell| (cell.orders, cell.tier, cell.level, cell.numerator, cell.denominator));
                assert_eq!(cells.collect::<Vec<_>>(), others.collect::<Vec<_>>(), "{name} {}", head.0);
            }
        }
    }
}

#[test]
fn every_example_can_be_read() {
    let blocks = || GAMES.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("toml\n"));
    let whole = blocks().find(|block| block.starts_with("name = ")).expect("a whole file");
    let (head, _) = whole.split_once("[[play]]").expect("its plays");
    let mut seen = 0;
    for block in blocks() {
        seen += 1;
        // A play alone is one of the game that the page begins with.
        let text = if block.starts_with("[[play]]") { format!("{head}{block}") } else { block.to_owned() };
        read("docs/games.md", &text);
    }
    assert!(seen >= 6, "the examples are found: {seen}");
}

#[test]
fn the_list_of_shipped_files_is_complete() {
    for (name, text) in shipped::SHIPPED {
        let row = format!("| `{name}` | {} |", read(name, text).name());
        assert!(GAMES.contains(&row), "docs/games.md has no row {row}");
    }
}
