//! What is decided leaves memory: by days, whole, once everything that a day's tickets name is past.
//!
//! A scenario begins at 22:13:20, so that midnights come at 6400, 92800 and 179200.

use std::fmt::Write;

use tests::table::check;

#[test]
fn a_draw_and_its_tickets_leave_once_their_day_is_over_and_it_has_been_past_long_enough() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #t bet  A1 D1 straight 123 1.00
         #c bet  A1 D1 straight 123 1.00
         cancel  A1 #c
         at 9
         settle  D1 777
         at 6399.999999999
         tick
         seen    D1                                          -> settled bets 1 stake 1.00 escrow 0.00 paid 0.00 to 0 of 0
         ticket  A1 #t                                       -> lost
         at 6400
         tick
         told                                                -> due D1 archived
         seen    D1                                          -> Archived
         drawn   D1                                          -> Archived
         room    D1 straight 123                             -> Archived
         ticket  A1 #t                                       -> Archived
         ticket  A1 #c                                       -> Archived
         audit                                               -> in 10.00 out 0.00 accounts 9.00 escrow 0.00 house 1.00",
    );
}

#[test]
fn one_that_ends_late_in_its_day_stays_into_the_next() {
    check(
        "ledger  window 60 retention 600
         game    3d
         draw    D1 3d open until 9
         at 6390
         settle  D1 777
         at 6989.999999999
         tick
         seen    D1                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         at 6990
         tick
         seen    D1                                          -> Archived",
    );
}

#[test]
fn one_that_ends_before_its_planned_day_waits_for_that_day() {
    check(
        "ledger  window 60 retention 600
         game    3d
         draw    D1 3d open until 9 settles 100000
         void    D1
         at 100000
         tick
         seen    D1                                          -> void bets 0 stake 0.00 escrow 0.00
         at 179199.999999999
         tick
         seen    D1                                          -> void bets 0 stake 0.00 escrow 0.00
         at 179200
         tick
         seen    D1                                          -> Archived",
    );
}

#[test]
fn one_that_ends_after_its_planned_day_leaves_when_it_has_been_past_long_enough() {
    check(
        "ledger  window 60 retention 600 payouts 1
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 1.00, D1 straight 123 1.00
         at 100000
         settle  D1 123
         at 100600
         // It has ended when its last winner is paid, not when it got its result.
         tick
         at 100700
         tick
         seen    D1                                          -> settled bets 2 stake 2.00 escrow 0.00 paid 900.00 to 2 of 2
         at 101299.999999999
         tick
         seen    D1                                          -> settled bets 2 stake 2.00 escrow 0.00 paid 900.00 to 2 of 2
         at 101300
         tick
         seen    D1                                          -> Archived",
    );
}

#[test]
fn what_is_kept_is_kept_at_least_as_long_as_ids_are_told_apart() {
    check(
        "ledger  window 600 ahead 10 retention 1
         game    3d
         draw    D1 3d open until 9
         at 6000
         settle  D1 777
         at 6609.999999999
         tick
         seen    D1                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         at 6610
         tick
         seen    D1                                          -> Archived",
    );
}

#[test]
fn a_ticket_over_several_days_stays_to_the_last_of_them_and_keeps_its_draws() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 90000 settles 93000
         draw    D3 3d open until 9
         #one    bet A1 D1 straight 123 1.00
         #both   bet A1 D1 straight 124 1.00, D2 straight 123 1.00
         #taken  bet A1 D3 straight 123 1.00, D2 straight 123 1.00
         cancel  A1 #taken
         at 9
         settle  D1 123
         settle  D3 123
         at 6400
         // The day is over, and what its tickets name is past; a ticket that was taken back keeps its draws as well.
         tick
         told                                                -> nothing
         ticket  A1 #one                                     -> Archived
         ticket  A1 #both                                    -> lost, open
         ticket  A1 #taken                                   -> cancelled, cancelled
         seen    D1                                          -> settled bets 2 stake 2.00 escrow 0.00 paid 450.00 to 1 of 1
         seen    D3                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         at 93000
         settle  D2 777
         at 179199.999999999
         tick
         ticket  A1 #both                                    -> lost, lost
         at 179200
         tick
         told                                                -> due D1 archived; due D2 archived; due D3 archived
         ticket  A1 #both                                    -> Archived",
    );
}

#[test]
fn a_draw_that_has_not_ended_holds_back_what_lies_on_its_days() {
    check(
        "ledger  window 60 retention 600
         game    3d
         draw    D1 3d open until 9
         draw    D2 3d open until 10
         draw    D3 3d until 100000
         at 10
         settle  D1 777
         at 8000
         tick
         seen    D1                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         settle  D2 777
         // A draft of a later day is in nobody's way.
         at 8601
         tick
         told                                                -> due D1 archived; due D2 archived
         seen    D3                                          -> draft bets 0 stake 0.00 escrow 0.00",
    );
}

#[test]
fn a_draw_holds_back_the_days_of_its_tickets_only() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 90000
         draw    D3 3d open until 20000
         bet     A1 D1 straight 123 1.00, D2 straight 123 1.00
         at 9
         // Its tickets lie on the second day, on which this one lies, too.
         settle  D1 777
         at 20000
         settle  D3 777
         at 92800
         tick
         seen    D1                                          -> settled bets 1 stake 1.00 escrow 0.00 paid 0.00 to 0 of 0
         seen    D3                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         settle  D2 777
         at 93401
         tick
         told                                                -> due D1 archived; due D2 archived; due D3 archived",
    );
}

#[test]
fn a_draw_that_ends_before_its_last_ticket_lets_go_what_waited_for_it_on_an_earlier_day() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         draw    D3 3d open until 100000
         bet     A1 D2 straight 123 1.00, D3 straight 123 1.00
         at 9
         settle  D1 777
         at 8000
         tick
         seen    D1                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         settle  D2 777
         at 8601
         tick
         told                                                -> due D1 archived
         seen    D2                                          -> settled bets 1 stake 1.00 escrow 0.00 paid 0.00 to 0 of 0",
    );
}

#[test]
fn what_has_left_is_archived_to_every_command_that_names_it() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9000
         #t bet  A1 D1 straight 123 1.00
         void    D1
         tick
         at 6400
         // It is gone for the commands of the tick in which it leaves.
         bet     A1 D1 straight 123 1.00                     -> Archived
         + bet   A1 D2 straight 123 1.00, D1 straight 123 1.00   -> Archived of bet 1
         + bet   A1 D9 straight 123 1.00, D1 straight 123 1.00   -> Archived of bet 1
         + bet   A2 D1 straight 123 1.00                     -> AccountUnknown
         + open  D1                                          -> Archived
         + close D1                                          -> Archived
         + suspend D1                                        -> Archived
         + resume D1                                         -> Archived
         + void  D1                                          -> Archived
         + settle D1 123                                     -> Archived
         + limit D1 straight 123 5.00                        -> Archived
         + block D1 123                                      -> Archived
         + draw  D1 3d until 9000                            -> DrawExists
         + draw  D1 4d until 9000                            -> GameUnknown
         + cancel A1 #t                                      -> Archived
         + annul A1 #t                                       -> Archived
         + cancel A2 #t                                      -> AccountUnknown
         #t bet  A1 D2 straight 123 1.00                     -> IdExpired 6340.001",
    );
}

#[test]
fn a_ticket_that_never_was_is_archived_where_one_of_its_time_could_have_left() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         account A2
         deposit A1 10.00
         draw    D1 3d open until 9
         at 3
         #t bet  A1 D1 straight 123 1.00
         void    D1
         tick
         at 6390
         #d      deposit A1 1.00
         at 6400
         tick
         // The latest id that has left is of second 3, whoever's it was.
         ticket  A1 #early@3                                 -> Archived
         ticket  A2 #other@2                                 -> Archived
         ticket  A1 #late@3.001                              -> TicketUnknown
         cancel  A2 #other                                   -> Archived
         cancel  A1 #late                                    -> TicketUnknown
         annul   A1 #early                                   -> Archived
         annul   A1 #late                                    -> TicketUnknown
         ticket  A1 #d                                       -> TicketUnknown",
    );
}

#[test]
fn what_leaves_makes_room() {
    check(
        "ledger  window 60 retention 600 partitions 1 books 2 tickets 2
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9000
         bet     A1 D1 straight 123 1.00
         bet     A1 D2 straight 123 1.00
         bet     A1 D2 straight 123 1.00                     -> CapacityReached 2
         draw    D3 3d open until 9000                       -> CapacityReached 2
         void    D1
         tick
         at 6399.999999999
         bet     A1 D2 straight 123 1.00                     -> CapacityReached 2
         at 6400
         bet     A1 D2 straight 123 1.00
         + bet   A1 D2 straight 123 1.00                     -> CapacityReached 2
         + draw  D3 3d open until 9000
         + draw  D4 3d until 9000                            -> CapacityReached 2",
    );
}

#[test]
fn tickets_of_several_days_are_listed_as_they_were_placed_and_so_are_their_stakes() {
    // Pages and statements are compared at the end: with all tickets, and with those of one day.
    for end in ["", "void D1\nvoid D3\ntick\nat 6400\ntick\nseen D1 -> Archived", "at 93000\ntick"] {
        let mut text = String::from(
            "ledger window 60 retention 600\ngame 3d\naccount A1\naccount A2\ndeposit A1 900.00\ndeposit A2 900.00
             draw D1 3d open until 9\ndraw D2 3d open until 90000\ndraw D3 3d open until 8 settles 9\n",
        );
        for row in 0..250 {
            let (draw, begins) = (1 + row * row % 7 % 3, if row % 5 == 0 { "" } else { "+ " });
            writeln!(text, "{begins}bet A{} D{draw} straight {row} 1.00", 1 + row / 3 % 2).expect("text");
        }
        text += end;
        check(&text);
    }
}

#[test]
fn days_are_told_apart_up_to_the_last_that_there_is() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9 settles 5000000000
         #t bet  A1 D1 straight 123 1.00
         at 9
         settle  D1 777
         // The last day is 65535 days from 1970; later ones count as it.
         at 3962310399
         tick
         ticket  A1 #t                                       -> lost
         at 3962310400
         tick
         told                                                -> due D1 archived
         ticket  A1 #t                                       -> Archived
         draw    D2 3d open until 4000000000 settles 5000000000
         #u bet  A1 D2 straight 123 1.00
         void    D2
         tick
         at 3962311001
         tick
         told                                                -> due D2 archived
         ticket  A1 #u                                       -> Archived",
    );
}

#[test]
fn a_correction_keeps_a_draw_until_that_has_been_past_as_well() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9
         #t bet  A1 D1 straight 123 1.00
         at 6300
         settle  D1 777
         + settle D2 777
         at 6890
         correct D1 123
         at 6895
         tick
         ticket  A1 #t                                       -> paid 450.00
         at 6900
         tick
         // What waits for it stays, too, but is past: it can be corrected no more.
         seen    D2                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0
         correct D2 123                                      -> Archived
         at 7494.999999999
         tick
         ticket  A1 #t                                       -> paid 450.00
         at 7495
         correct D1 777                                      -> Archived
         told                                                -> due D1 archived; due D2 archived",
    );
}

#[test]
fn a_draw_has_not_ended_before_its_commission_is_posted() {
    check(
        "ledger  window 60 retention 600 payouts 1
         game    3d
         account A1
         account A2
         share   A1 10%
         share   A2 10%
         deposit A1 1.00
         deposit A2 1.00
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 1.00
         bet     A2 D1 straight 123 1.00
         close   D1
         + settle D1 777
         told                                                -> 0 D1 closed; 0 D1 sealed 2 of 2.00; 1 D1 settled
         at 7000
         tick
         told                                                -> due commission A1 D1 0.10 = 0.10
         at 7100
         tick
         told                                                -> due commission A2 D1 0.10 = 0.10
         at 7699.999999999
         tick
         posted  D1                                          -> A1 0.10 (10% of 1.00), A2 0.10 (10% of 1.00)
         at 7700
         tick
         told                                                -> due D1 archived
         posted  D1                                          -> Archived
         correct D1 123                                      -> Archived",
    );
}

#[test]
fn tickets_leave_on_time_although_their_draw_stays_and_another_left_before() {
    check(
        "ledger  window 60 retention 600
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 9 settles 90000
         draw    D3 3d open until 180000
         #t bet  A1 D2 straight 123 1.00
         bet     A1 D2 straight 123 1.00, D3 straight 123 1.00
         at 9
         settle  D1 777
         settle  D2 777
         at 6400
         // What leaves now does not make what waits for the next day forgotten, where its draw has to stay longer.
         tick
         told                                                -> due D1 archived
         ticket  A1 #t                                       -> lost
         at 92800
         tick
         told                                                -> nothing
         ticket  A1 #t                                       -> Archived
         seen    D2                                          -> settled bets 2 stake 2.00 escrow 0.00 paid 0.00 to 0 of 0",
    );
}
