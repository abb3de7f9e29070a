/* The canonical compact form of labels and clearances: one line of UTF-8, readable without XML, one form per meaning.
 *
 *   label     = policy "|" classification *( "|" tag ) [ "|M:" privacy-mark ]
 *   tag       = ( "R:" / "P:" / "I:" ) tag-set "=" [ value *( "," value ) ]      restrictive, permissive, informative
 *   clearance = policy "|" classification *( "," classification ) *( "|" tag )
 *
 * Names are the policy's own spelling. In names the octets | = , % and those below 0x20 stand as %XX (upper-case hex).
 * Tags are in ascending order of (R, P, I) then of the tag set's octets; values strictly ascending by octets; a tag set
 * appears at most once per type. A permissive tag without a value is kept ("P:Only=") and admits nobody.
 * Example: NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO
 * A subject's clearances are such lines, one per policy, separated by one "\n". They are printed in ascending order of
 * policy names with their classifications from the lowest hierarchy up; because people write them by hand, lines,
 * classifications and values are read in any order (nothing twice). Labels are read in the canonical form only.
 *
 * This form is what portions carry, what the store interns, and what seal reads with code of its own. It leaves out
 * dates and the originator: an ADatP-4774 label made from it takes CreationDateTime from the portion. */
#ifndef BICES_LABEL_COMPACT_H
#define BICES_LABEL_COMPACT_H

#endif
