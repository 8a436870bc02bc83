//! A game table as it is written, each value with its place.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGame {
    pub name: Spanned<String>,
    pub game: Spanned<i64>,
    pub version: Spanned<i64>,
    pub symbols: Spanned<i64>,
    pub first_symbol: Option<Spanned<i64>>,
    pub length: Spanned<i64>,
    pub decimals: Option<Spanned<i64>>,
    pub stake: RawStake,
    pub results: Option<Spanned<Vec<Spanned<String>>>>,
    pub rounding: Option<RawRounding>,
    pub tax: Option<RawTax>,
    #[serde(default)]
    pub play: Vec<Spanned<RawPlay>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStake {
    pub min: Spanned<String>,
    pub max: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRounding {
    pub mode: Spanned<String>,
    pub unit: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTax {
    pub over: Spanned<String>,
    pub percent: Spanned<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlay {
    pub code: Spanned<i64>,
    pub name: Spanned<String>,
    pub matching: Spanned<String>,
    pub positions: Option<Spanned<String>>,
    pub group: Option<Spanned<i64>>,
    pub lines: Option<Spanned<Text>>,
    pub prizes: Spanned<Node>,
}

/// A text, or a whole number that is taken as one.
pub(super) struct Text(pub String);

/// Prizes under names, or one prize.
pub(super) enum Node {
    Leaf(String),
    Branch(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
        struct Texts;
        impl Visitor<'_> for Texts {
            type Value = Text;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a text in quotes or a whole number")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }
        }
        from.deserialize_any(Texts)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Node, D::Error> {
        struct Nodes;
        impl<'de> Visitor<'de> for Nodes {
            type Value = Node;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a prize in quotes, a whole number or a table of prizes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
                Ok(Node::Leaf(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Node, E> {
                Ok(Node::Leaf(number.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Node::Branch(entries))
            }
        }
        from.deserialize_any(Nodes)
    }
}
