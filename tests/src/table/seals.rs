//! The seal that a result quotes: the one that its draw has by then, unless the line says another.
//!
//! ```text
//! settle D1 123                correct D1 124
//! settle D1 unsealed 123       zeros, as if there were none
//! settle D1 like D2 123        that of another draw
//! ```

use super::Scenario;
use crate::games::whole;
use crate::model::{Ask, Command};

/// Stands for the seal of the draw when the command is carried out.
const ITS_OWN: [u8; 32] = [0xff; 32];

impl Scenario {
    /// A result, or another one.
    pub(super) fn result(&mut self, words: &[&str]) -> Ask {
        let [word, draw, rest @ ..] = words else { panic!("a result is of a draw") };
        let (seal, numbers) = match rest {
            ["unsealed", numbers @ ..] => ([0; 32], numbers),
            ["like", other, numbers @ ..] => {
                let other = whole(&other[1..]);
                (self.pair().model.draw(other).expect("the other draw is there").seal, numbers)
            }
            numbers => (ITS_OWN, numbers),
        };
        let book = whole(&draw[1..]);
        let numbers = numbers.iter().map(|number| self.number(draw, number)).collect();
        if *word == "settle" {
            Ask::Settle { book, seal, numbers }
        } else {
            Ask::Correct { book, seal, numbers }
        }
    }

    /// Puts the seals in, which may only be made in this very tick: a copy of the model says what they will be.
    pub(super) fn quote(&mut self, time: u64, commands: &mut [Command]) {
        for at in 0..commands.len() {
            let model = &self.pair().model;
            let (Ask::Settle { book, seal, .. } | Ask::Correct { book, seal, .. }) = &commands[at].ask else {
                continue;
            };
            if *seal != ITS_OWN {
                continue;
            }
            let mut then = model.clone();
            then.apply(model.tick() + 1, time, &commands[..at]);
            let sealed = then.draw(*book).map_or([0; 32], |seen| seen.seal);
            let (Ask::Settle { seal, .. } | Ask::Correct { seal, .. }) = &mut commands[at].ask else {
                continue;
            };
            *seal = sealed;
        }
    }
}
