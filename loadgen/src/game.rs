//! The game that the load plays: PCSO 3D, with its plays and prizes, and the arithmetic of its numbers.
//!
//! Verification recomputes stakes and payouts with this arithmetic alone; it shares none with the engine.
//!
//! Prizes: straight 4,500 pesos for 10, rambolito 750 for six orders and 1,500 for three; a triple cannot be played
//! in any order. Sources: lottoinfo.ph (Swertres how-to), swertresresulttoday.online,
//! github.com/yanyandiyang-crypto/lottery-system.

use protocol::command::{GameDefine, Matching, PlayTable, Prize};

/// Play code: the number itself.
pub const STRAIGHT: u8 = 1;
/// Play code: any order of its digits.
pub const RAMBOLITO: u8 = 2;
/// Both plays; a play's place here is its place in the game's table.
pub const PLAYS: [u8; 2] = [STRAIGHT, RAMBOLITO];
/// How many numbers there are, 000 to 999.
pub const NUMBERS: usize = 1000;
/// Philippine peso, ISO 4217.
pub const CURRENCY: u16 = 608;
/// Minor units (centavos) in a peso.
pub const PESO: i64 = 100;

/// The game's definition as a command carries it, version 1.
pub fn define() -> (GameDefine, [PlayTable; 2]) {
    let define = GameDefine::simple(10, 3, PESO, 1000 * PESO);
    let straight = PlayTable::new(STRAIGHT, Matching::Exact, Prize::by_orders(&[(1, 450, 1)]));
    let rambolito =
        PlayTable::new(RAMBOLITO, Matching::AnyOrder, Prize::by_orders(&[(3, 150, 1), (6, 75, 1)]));
    (define, [straight, rambolito])
}

/// The three digits, the first first.
pub fn digits(number: u16) -> [u8; 3] {
    [(number / 100) as u8, (number / 10 % 10) as u8, (number % 10) as u8]
}

/// Distinct orders of the digits: 1 for a triple, 3 for a double, 6 otherwise.
pub fn orders(number: u16) -> u32 {
    let [a, b, c] = digits(number);
    match (a == b, b == c, a == c) {
        (true, true, _) => 1,
        (false, false, false) => 6,
        _ => 3,
    }
}

/// Whether the play can be made on the number.
pub fn is_playable(play: u8, number: u16) -> bool {
    usize::from(number) < NUMBERS && (play == STRAIGHT || (play == RAMBOLITO && orders(number) > 1))
}

/// The number that stands for all orders of this one: its digits, ascending.
pub fn class(number: u16) -> u16 {
    let mut sorted = digits(number).map(u16::from);
    sorted.sort_unstable();
    sorted[0] * 100 + sorted[1] * 10 + sorted[2]
}

/// The number under which stakes of this play are limited together: itself, or its class.
pub fn limited_as(play: u8, number: u16) -> u16 {
    if play == RAMBOLITO { class(number) } else { number }
}

/// The numbers on whose coming the bet is paid.
pub fn wins_on(play: u8, number: u16) -> impl Iterator<Item = u16> {
    let [a, b, c] = digits(number).map(u16::from);
    let all = [(a, b, c), (a, c, b), (b, a, c), (b, c, a), (c, a, b), (c, b, a)]
        .map(|(x, y, z)| x * 100 + y * 10 + z);
    let considered = if play == RAMBOLITO { all.len() } else { 1 };
    (0..considered).filter(move |&place| !all[..place].contains(&all[place])).map(move |place| all[place])
}

/// What a bet pays if it wins, minor units.
pub fn payout(play: u8, number: u16, stake: i64) -> i64 {
    let ratio = match (play, orders(number)) {
        (STRAIGHT, _) => 450,
        (_, 3) => 150,
        _ => 75,
    };
    stake * ratio
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_orders_its_class_and_its_prizes() {
        let told = |number| {
            let mut wins: Vec<u16> = wins_on(RAMBOLITO, number).collect();
            wins.sort_unstable();
            (orders(number), class(number), payout(RAMBOLITO, number, 1000), wins)
        };
        assert_eq!(told(321), (6, 123, 75_000, vec![123, 132, 213, 231, 312, 321]));
        assert_eq!(told(211), (3, 112, 150_000, vec![112, 121, 211]));
        assert_eq!(told(100), (3, 1, 150_000, vec![1, 10, 100]));
        assert_eq!(orders(777), 1);
        assert_eq!(wins_on(STRAIGHT, 321).collect::<Vec<_>>(), [321]);
        assert_eq!(payout(STRAIGHT, 777, 1000), 450_000);
    }

    #[test]
    fn only_triples_and_numbers_outside_cannot_be_played() {
        let rambolitos = (0..1000).filter(|&number| is_playable(RAMBOLITO, number)).count();
        let straights = (0..=u16::MAX).filter(|&number| is_playable(STRAIGHT, number)).count();
        assert_eq!((straights, rambolitos), (1000, 990));
        assert!(!is_playable(RAMBOLITO, 777) && !is_playable(3, 123));
    }
}
