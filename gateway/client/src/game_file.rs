//! Games as people write them: a table in TOML becomes the command that defines the game, or is refused with the line.
//!
//! ```toml
//! name = "Three digits"
//! game = 3
//! version = 1
//! symbols = 10
//! length = 3
//! stake = { min = "1.00", max = "100.00" }
//!
//! [[play]]
//! code = 1
//! name = "straight"
//! matching = "exact"
//! prizes.first = "500"
//! ```
//!
//! `docs/games.md` tells every field. [`shipped`] has the tables of published games.
//!
//! - `raw`: the file as it is written, with the place of every value.
//! - `read`: what makes a table sound; it holds to the public bounds, and shares no check with the engine.
//! - `values`: amounts, prizes and percentages as text.
//! - `fault`: what can be wrong, and what would be right.
//!
//! Deliberately absent: IO (the caller reads the file), and any currency: a draw has one, a game has none.

mod fault;
mod raw;
mod read;
pub mod shipped;
#[cfg(test)]
mod tests;
mod values;

use std::ops::Range;

pub use fault::{GameFault, GameFileError};
use protocol::command::{Commands, DrawCreate, GameDefine, Matching, PlayTable};
pub use values::amount_text;

/// A sound game table, ready to be defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameFile {
    name: String,
    game: u64,
    define: GameDefine,
    plays: Vec<PlayTable>,
    play_names: Vec<String>,
    tier_names: Vec<String>,
    first_symbol: u8,
    decimals: u8,
}

impl GameFile {
    /// Reads a table.
    ///
    /// # Errors
    /// The first fault, with its line and column and what would be right.
    pub fn parse(text: &str) -> Result<GameFile, GameFileError> {
        let raw: raw::RawGame = toml::from_str(text).map_err(|error| {
            let fault = GameFault::Form(error.message().to_owned());
            GameFileError::at(text, &error.span().unwrap_or_default(), fault)
        })?;
        read::game(&raw).map_err(|Placed { at, fault }| GameFileError::at(text, &at, fault))
    }

    /// What people call the game.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number that commands call it by; its version is in [`GameFile::define`].
    pub fn game(&self) -> u64 {
        self.game
    }

    /// The game's own fields, as the command carries them.
    pub fn define(&self) -> &GameDefine {
        &self.define
    }

    /// The plays with their prizes, ascending by code.
    pub fn plays(&self) -> &[PlayTable] {
        &self.plays
    }

    /// What people call the plays, in the same order.
    pub fn play_names(&self) -> &[String] {
        &self.play_names
    }

    /// The code of the play of this name.
    pub fn code(&self, play: &str) -> Option<u8> {
        let place = self.play_names.iter().position(|name| name == play)?;
        Some(self.plays[place].play.code)
    }

    /// What people call the prize tiers, from tier 1.
    pub fn tier_names(&self) -> &[String] {
        &self.tier_names
    }

    /// What is printed for symbol 0; the others follow it.
    pub fn first_symbol(&self) -> u8 {
        self.first_symbol
    }

    /// Decimals of the amounts in the file: a minor unit is the last of them.
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// Adds the command that defines this version of the game.
    pub fn write(&self, commands: &mut Commands, id: u128) {
        commands.game_define(id, self.game, &self.define, &self.plays);
    }

    /// A draw of this version of the game, as [`DrawCreate::unlimited`] has it; change its fields to limit it.
    pub fn draw(&self, currency: u16, closes_at: u64) -> DrawCreate {
        let version = self.define.version;
        DrawCreate { version, ..DrawCreate::unlimited(self.game, currency, closes_at, &self.plays) }
    }
}

/// What a file calls the levels at which a play meets a number, from level 1; those with one level have no name for it.
pub fn level_names(matching: Matching, length: u8) -> &'static [&'static str] {
    match (matching, length) {
        (Matching::Exact | Matching::AnyOrder | Matching::Positional, _) => &[],
        (Matching::ExactOrAny, _) => &["exact", "any"],
        (Matching::Trailing, 1) => &["all"],
        (Matching::Trailing, 2) => &["all", "last1"],
        (Matching::Trailing, 3) => &["all", "last2", "last1"],
        (Matching::Trailing, _) => &["all", "last3", "last2", "last1"],
    }
}

/// What a file calls a matching.
pub fn matching_name(matching: Matching) -> &'static str {
    match matching {
        Matching::Exact => "exact",
        Matching::AnyOrder => "any-order",
        Matching::Positional => "positions",
        Matching::ExactOrAny => "exact-or-any",
        Matching::Trailing => "trailing",
    }
}

/// Named positions as a file writes them: `12-` are the first two of three.
pub fn positions_text(mask: u8, length: u8) -> String {
    let place = |place: u8| if mask >> place & 1 == 1 { char::from(b'1' + place) } else { '-' };
    (0..length).map(place).collect()
}

/// A fault where it stands, in bytes of the text.
struct Placed {
    at: Range<usize>,
    fault: GameFault,
}

type Checked<T> = Result<T, Placed>;

fn wrong<T>(at: Range<usize>, fault: GameFault) -> Checked<T> {
    Err(Placed { at, fault })
}
