//! Many points down one tree at once, to its leaves: they are parted at each node, as rows are where it is grown. What each
//! step reads lies in a row, and nothing is guessed.

use super::part_list::part;
use super::prepare::{Feature, Kind};
use super::tree::{Node, Tree};

/// Points, by feature.
#[derive(Clone, Copy)]
pub(super) enum Columns<'a> {
    /// Rows of a design.
    Rows(&'a [Feature]),
    /// Coordinates by feature, then point, and how many points.
    Points(&'a [f64], usize),
}

/// Leads points down trees, with its buffers.
#[derive(Default)]
pub(super) struct Descent {
    /// Points by the node that they have come to, twice: a step writes what it parts into the other one.
    places: [Vec<u16>; 2],
    open: Vec<Open>,
}

/// Points that have come to a node.
struct Open {
    node: u32,
    start: usize,
    end: usize,
    side: usize,
}

impl Descent {
    /// Gives the tree's value at each of these points.
    pub(super) fn values(
        &mut self,
        tree: &Tree,
        of: Columns<'_>,
        points: &[u16],
        mut each: impl FnMut(usize, f64),
    ) {
        let [first, second] = &mut self.places;
        first.clear();
        first.extend_from_slice(points);
        second.resize(points.len(), 0);
        self.open.push(Open {
            node: 0,
            start: 0,
            end: points.len(),
            side: 0,
        });
        while let Some(Open {
            node,
            start,
            end,
            side,
        }) = self.open.pop()
        {
            let (from, to) = if side == 0 {
                (&*first, &mut *second)
            } else {
                (&*second, &mut *first)
            };
            let (from, to) = (&from[start..end], &mut to[start..end]);
            let (left, right, fronts) = match tree.nodes[node as usize] {
                Node::Leaf { value } => {
                    from.iter()
                        .for_each(|point| each(usize::from(*point), value));
                    continue;
                }
                Node::Threshold {
                    feature,
                    at,
                    left,
                    right,
                } => (left, right, part_at(from, to, of, feature as usize, at)),
                Node::Subset {
                    feature,
                    subset,
                    left,
                    right,
                } => {
                    let set = &tree.subsets[subset as usize];
                    let feature = feature as usize;
                    let fronts = match of {
                        Columns::Rows(features) => {
                            let codes = &features[feature].codes;
                            part(from, to, |row| {
                                set.contains(codes[usize::from(row)] as usize)
                            })
                        }
                        Columns::Points(coordinates, points) => {
                            let column = &coordinates[feature * points..][..points];
                            part(from, to, |point| {
                                set.contains(column[usize::from(point)] as usize)
                            })
                        }
                    };
                    (left, right, fronts)
                }
            };
            let middle = start + fronts;
            for (node, start, end) in [(left, start, middle), (right, middle, end)] {
                if start < end {
                    self.open.push(Open {
                        node,
                        start,
                        end,
                        side: 1 - side,
                    });
                }
            }
        }
    }
}

/// Parts points at a threshold.
fn part_at(from: &[u16], to: &mut [u16], of: Columns<'_>, feature: usize, at: f64) -> usize {
    match of {
        Columns::Rows(features) => {
            let feature = &features[feature];
            let Kind::Ordered { places, .. } = &feature.kind else {
                return from.len();
            };
            // Codes stand in the order of their coordinates.
            let first_above = places.partition_point(|place| *place <= at) as u32;
            part(from, to, |row| {
                feature.codes[usize::from(row)] < first_above
            })
        }
        Columns::Points(coordinates, points) => {
            let column = &coordinates[feature * points..][..points];
            part(from, to, |point| column[usize::from(point)] <= at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::Points;
    use crate::walk::tests::{prepared, stretch};

    #[test]
    fn points_come_where_each_would_come_alone() {
        let prepared = prepared();
        let stretch = stretch(&prepared);
        let rows: Vec<u16> = (0..301).filter(|row| row % 7 != 0).collect();
        let points = Points::new(&prepared, 500);
        let mut descent = Descent::default();
        stretch.grow(&prepared, |tree, _| {
            assert!(tree.nodes.len() > 20 && !tree.subsets.is_empty());
            let value = |point: &[f64]| tree.value_at(|feature| point[feature]);
            let mut beside = vec![f64::NAN; 301];
            descent.values(
                tree,
                Columns::Rows(&prepared.features),
                &rows,
                |row, value| {
                    assert!(beside[row].is_nan(), "each once");
                    beside[row] = value;
                },
            );
            for (row, beside) in beside.into_iter().enumerate() {
                if rows.contains(&(row as u16)) {
                    assert_eq!(beside, value(prepared.row(row)));
                } else {
                    assert!(beside.is_nan());
                }
            }
            let mut at_points = vec![0.0; points.len()];
            points.add(&mut descent, tree, &mut at_points);
            for (i, sum) in at_points.iter().enumerate() {
                assert_eq!(*sum, value(points.point(i)));
            }
        });
    }
}
