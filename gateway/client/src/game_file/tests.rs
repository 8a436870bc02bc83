use protocol::command::{Commands, Lane, parse};

use super::*;

const HEAD: &str = "name = \"G\"\ngame = 1\nversion = 1\nsymbols = 10\nlength = 3\n\
                    stake = { min = \"1.00\", max = \"9.00\" }\n";
const STRAIGHT: &str =
    "[[play]]\ncode = 1\nname = \"straight\"\nmatching = \"exact\"\nprizes.first = \"500\"\n";

#[test]
fn every_shipped_file_is_a_command_that_the_edge_lets_through() {
    for (name, text) in shipped::SHIPPED {
        let game = GameFile::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut commands = Commands::new();
        game.write(&mut commands, 0x0190_0000_0000_7000_8000_0000_0000_0000);
        assert!(parse(commands.as_bytes(), Some(Lane::Operators)).is_ok(), "{name}");
        assert_eq!(game.plays().len(), game.play_names().len());
        assert_eq!(shipped::file(name), Some(text));
    }
}

/// Line, column and message of a file with `from` replaced by `to`.
fn told(from: &str, to: &str) -> String {
    let text = format!("{HEAD}{STRAIGHT}");
    assert!(text.contains(from), "{from}");
    GameFile::parse(&text.replacen(from, to, 1)).expect_err(to).to_string()
}

#[test]
fn a_fault_of_the_game_is_told_where_it_stands() {
    let faults = [
        ("symbols = 10", "symbols = 1", "line 4, column 11: symbols is 1; it must be 2 to 100"),
        ("symbols = 10", "symbols = 22", "line 4, column 11: 22 symbols in 3 positions"),
        ("length = 3", "length = 5", "line 5, column 10: length is 5; it must be 1 to 4"),
        ("version = 1", "version = 0", "line 3, column 11: version is 0"),
        ("game = 1", "game = -1", "line 2, column 8: game is -1"),
        ("\"1.00\"", "\"10.00\"", "line 6, column 17: the least stake 10.00 is above the highest, 9.00"),
        ("\"1.00\"", "\"1.005\"", "line 6, column 17: \"1.005\" is no amount"),
        ("\"1.00\"", "\"0.00\"", "line 6, column 17: the least stake is 0.00; it must be 0.01 to"),
        ("name = \"G\"", "name = \" \"", "line 1, column 8: the game needs a name"),
        ("game = 1", "gaem = 1", "line 2, column 1: unknown field `gaem`"),
        ("[[play]]", "results = []\n[[play]]", "line 7, column 11: a draw needs a winning number"),
        ("[[play]]", "results = [\"0 first\"]\n[[play]]", "line 7, column 12: \"0 first\" is no tier"),
        ("[[play]]", "results = [\"33 first\"]\n[[play]]", "line 7, column 12: these are 33 winning numbers"),
        (
            "[[play]]",
            "rounding = { mode = \"off\", unit = \"0.01\" }\n[[play]]",
            "line 7, column 21: \"off\"",
        ),
        (
            "[[play]]",
            "tax = { over = \"1.00\", percent = \"101\" }\n[[play]]",
            "line 7, column 34: a tax of 101 %",
        ),
    ];
    for (from, to, message) in faults {
        let told = told(from, to);
        assert!(told.starts_with(message), "{told}\nnot {message}");
    }
    let told = GameFile::parse(HEAD).expect_err("no play").to_string();
    assert_eq!(told, "line 1, column 1: a game needs a play: add a [[play]]");
}

#[test]
fn a_fault_of_a_play_is_told_where_it_stands() {
    let other = format!("{STRAIGHT}[[play]]\ncode = 2\nname = \"straight\"");
    let faults = [
        ("\"exact\"", "\"box\"", "line 10, column 12: \"box\" is no matching"),
        ("\"exact\"", "\"any-order\"", "line 11, column 8: no number of this game has \"first\" orders"),
        ("\"exact\"", "\"positions\"", "line 10, column 12: a play of positions must name them"),
        (
            "\"exact\"",
            "\"positions\"\npositions = \"123\"",
            "line 11, column 13: \"123\" does not name positions",
        ),
        ("\"exact\"", "\"exact\"\npositions = \"12-\"", "line 11, column 13: only a play with matching"),
        (
            "\"exact\"",
            "\"exact\"\nlines = \"orders\"",
            "line 11, column 9: a play that is \"exact\" looks at no",
        ),
        ("\"exact\"", "\"exact\"\nlines = 255", "line 11, column 9: \"255\" is no count of lines"),
        ("\"exact\"", "\"exact\"\ngroup = 8", "line 11, column 9: group is 8; it must be 0 to 7"),
        ("prizes.first", "prizes.6.first", "line 11, column 8: a play that is \"exact\" looks at no orders"),
        ("prizes.first", "prizes.second", "line 11, column 8: \"second\" is no tier"),
        ("\"500\"", "\"0\"", "line 11, column 16: a prize of 0 times"),
        ("\"500\"", "\"1000001\"", "line 11, column 16: a prize of 1000001 times"),
        ("\"500\"", "\"5/0\"", "line 11, column 16: \"5/0\" is no prize"),
        ("\"500\"", "{ all = \"500\" }", "line 11, column 16: a prize must stand here"),
        ("code = 1", "code = 0", "line 8, column 8: code is 0"),
        (STRAIGHT, &other, "line 14, column 8: there are two plays named \"straight\""),
    ];
    for (from, to, message) in faults {
        // A second play of the same name has the fields of the first behind its own.
        let to = if from == STRAIGHT {
            format!("{to}\nmatching = \"exact\"\nprizes.first = \"1\"\n")
        } else {
            to.to_owned()
        };
        let told = told(from, &to);
        assert!(told.starts_with(message), "{told}\nnot {message}");
    }
}

#[test]
fn values_are_read_exactly() {
    let prizes = ["75", "8.5", "335/6", "0.000001", "1000000"].map(|text| values::ratio(text).ok());
    assert_eq!(prizes, [(75, 1), (85, 10), (335, 6), (1, 1_000_000), (1_000_000, 1)].map(Some));
    assert!(
        ["", "-1", "1.", ".5", "1/2/3", "1e3", "+1", "99999999999999999999"]
            .iter()
            .all(|text| values::ratio(text).is_err())
    );
    assert_eq!(values::amount("10.5", 2), Ok(10_50));
    assert_eq!(
        (amount_text(10_05, 2), amount_text(7, 0), amount_text(-5, 2)),
        ("10.05".into(), "7".into(), "-0.05".into())
    );
    assert_eq!((values::percent("20"), values::percent("0.0001")), (Ok(200_000), Ok(1)));
}
