//! What the crate `parquet` calls of the crate `seq-macro`, with loops that stay loops: see the README.

/// Repeats a block of statements for each number of a range that begins at 0.
///
/// Over `0..N` the number is a variable of a loop; over `0..=N`, for N of 8, 16, 32 or 64, it is a constant, so that it
/// may choose an instance of a function that is generic over a number.
///
/// ```
/// fn width<const BITS: usize>() -> usize {
///     BITS
/// }
/// let mut sum = 0;
/// seq_macro::seq!(i in 0..64 { sum += i; });
/// assert_eq!(sum, 2016);
/// let mut widths = Vec::new();
/// seq_macro::seq!(i in 0..=16 { widths.push(width::<i>()); });
/// assert_eq!(widths, (0..=16).collect::<Vec<usize>>());
/// ```
#[macro_export]
macro_rules! seq {
    ($number:ident in 0..=8 $body:tt) => {
        $crate::seq!(@each $number $body 0 1 2 3 4 5 6 7 8)
    };
    ($number:ident in 0..=16 $body:tt) => {
        $crate::seq!(@each $number $body 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    };
    ($number:ident in 0..=32 $body:tt) => {
        $crate::seq!(@each $number $body
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32)
    };
    ($number:ident in 0..=64 $body:tt) => {
        $crate::seq!(@each $number $body
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32
            33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64)
    };
    ($number:ident in 0..$end:tt $body:tt) => {
        for $number in 0..$end $body
    };
    (@each $number:ident $body:tt $($value:literal)*) => {
        $({
            #[allow(non_upper_case_globals, reason = "the name is the caller's, who means a variable")]
            const $number: usize = $value;
            $body
        })*
    };
}
