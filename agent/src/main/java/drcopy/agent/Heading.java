// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Opens a group in {@code --help}: this option and those declared after it, up to the next heading. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Heading {
    /** The group's name as it is printed, without colon. */
    String value();
}
