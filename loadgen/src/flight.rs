//! Frames that are on their way: what an answer's correlation and place refer to.

use std::collections::VecDeque;

use crate::trouble::Trouble;

/// Frames of one connection that are not wholly answered, oldest first.
#[derive(Debug, Default)]
pub struct Flight {
    /// Each with the number of its commands that are still to be answered.
    frames: VecDeque<(Frame, usize)>,
    owed: usize,
    is_complete: bool,
}

/// A frame of consecutive commands or queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What the answers will name.
    pub correlation: u64,
    /// The place of its first command among all that were sent.
    pub first: usize,
    /// How many it holds.
    pub count: usize,
    /// When it was begun: nanoseconds since the start.
    pub began_ns: u64,
}

impl Flight {
    /// Notes a frame that was sent.
    pub fn took_off(&mut self, frame: Frame) {
        self.owed += frame.count;
        self.frames.push_back((frame, frame.count));
    }

    /// The frame that a piece of `count` answers from `first` on belongs to; it is forgotten with its last answer.
    ///
    /// # Errors
    /// [`Trouble::Unexpected`] if no such piece is owed.
    pub fn landed(&mut self, correlation: u64, first: u16, count: u16) -> Result<Frame, Trouble> {
        let (first, count) = (usize::from(first), usize::from(count));
        // Nearly always it is the oldest: the frames of a lane are answered in order.
        let found = self.frames.iter().position(|(frame, _)| frame.correlation == correlation);
        let place = found.ok_or(Trouble::Unexpected("an answer to no frame that is owed one"))?;
        let (frame, left) = &mut self.frames[place];
        let frame = *frame;
        if first + count > frame.count || count > *left {
            return Err(Trouble::Unexpected("more answers than the frame has commands"));
        }
        *left -= count;
        self.owed -= count;
        if *left == 0 {
            self.frames.remove(place);
        }
        Ok(frame)
    }

    /// Notes that no further frame will be sent.
    pub fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Whether everything was sent and answered.
    pub fn is_over(&self) -> bool {
        self.is_complete && self.owed == 0
    }

    /// Commands or queries that are still to be answered.
    pub fn owed(&self) -> usize {
        self.owed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_find_their_frames_in_any_order() {
        let frame = |correlation, first, count| Frame { correlation, first, count, began_ns: 0 };
        let mut flight = Flight::default();
        flight.took_off(frame(8, 0, 3));
        flight.took_off(frame(9, 3, 2));
        let landed = [(9, 0, 1), (8, 2, 1), (9, 1, 2), (9, 1, 1), (8, 0, 3), (8, 0, 2), (8, 0, 1)]
            .map(|(correlation, first, count)| flight.landed(correlation, first, count).ok());
        assert_eq!(
            landed,
            [
                Some(frame(9, 3, 2)),
                Some(frame(8, 0, 3)),
                None,
                Some(frame(9, 3, 2)),
                None,
                Some(frame(8, 0, 3)),
                None
            ]
        );
        assert_eq!((flight.owed(), flight.is_over()), (0, false));
        flight.complete();
        assert!(flight.is_over());
    }
}
