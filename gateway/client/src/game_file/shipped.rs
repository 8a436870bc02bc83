//! Tables of published games, as files that an operator can copy and change.
//!
//! Each names its source; a figure that no source states is left out of it, with a comment.

/// Names, and the files themselves.
pub const SHIPPED: [(&str, &str); 7] = [
    ("malaysia_4d", include_str!("../../games/malaysia_4d.toml")),
    ("pcso_2d", include_str!("../../games/pcso_2d.toml")),
    ("pcso_3d", include_str!("../../games/pcso_3d.toml")),
    ("pcso_4d", include_str!("../../games/pcso_4d.toml")),
    ("pick_3", include_str!("../../games/pick_3.toml")),
    ("pick_4", include_str!("../../games/pick_4.toml")),
    ("singapore_4d", include_str!("../../games/singapore_4d.toml")),
];

/// The file of this name.
pub fn file(name: &str) -> Option<&'static str> {
    let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
    Some(text)
}
