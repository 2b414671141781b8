usr/src/wordpress/wp-includes/version.php
<?php
/**
 * @global string $wp_version
 */
$wp_version = '6.4.2';

$required_php_version = '7.0.0';
